package io.etcetera.server.rpc.kv;

import static io.etcetera.server.rpc.WireBytes.assertBytes;

import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.RangeStreamResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.WireBytes;
import io.etcetera.server.rpc.port.FakeMember;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is put together by hand must be, byte for byte, what protobuf would write. */
class KvsOutboundTest {
    private final ResponseHeaders headers = WireBytes.headers();

    @Test
    void rangeResponses() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<KeyValue> kvs = WireBytes.randomKvs(random, random.nextInt(4));
            boolean more = random.nextBoolean();
            long count = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 60));
            long revision = random.nextLong(1L << random.nextInt(1, 60));
            RangeResponse expected = RangeResponse.newBuilder()
                    .setHeader(FakeMember.header(revision))
                    .addAllKvs(kvs)
                    .setMore(more)
                    .setCount(count)
                    .build();
            RangeOutcome outcome = new RangeOutcome(stored(kvs), more, count, revision);
            assertBytes(KvsOutbound.range(headers, outcome), expected.toByteArray());

            RangeStreamResponse last =
                    RangeStreamResponse.newBuilder().setRangeResponse(expected).build();
            assertBytes(KvsOutbound.lastChunk(headers, revision, stored(kvs), more, count), last.toByteArray());

            RangeStreamResponse chunk = RangeStreamResponse.newBuilder()
                    .setRangeResponse(RangeResponse.newBuilder().addAllKvs(kvs))
                    .build();
            assertBytes(KvsOutbound.chunk(stored(kvs)), chunk.toByteArray());
        }
    }

    private static List<StoredKeyValue> stored(List<KeyValue> kvs) {
        return kvs.stream()
                .map(kv -> new StoredKeyValue(kv.toByteArray(), 1, 1, 1))
                .toList();
    }
}
