package io.etcetera.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.rpc.port.FakeMember;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** For tests of what is put together by hand: it must be, byte for byte, what protobuf would write. */
public final class WireBytes {
    private WireBytes() {}

    /** Those of {@link FakeMember}. */
    public static ResponseHeaders headers() {
        MemberParts parts = new FakeMember().parts(FakeMember.config().build());
        return new ResponseHeaders(parts.membership(), parts.raft(), parts.store());
    }

    public static void assertBytes(Outbound actual, byte[] expected) throws IOException {
        assertThat(actual.available()).isEqualTo(expected.length);
        assertThat(bytes(actual)).isEqualTo(expected);
        assertThat(actual.available()).isZero();
    }

    /** Drains as Netty's transport does. */
    public static byte[] bytes(Outbound message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        message.drainTo(bytes);
        return bytes.toByteArray();
    }

    public static List<KeyValue> randomKvs(Random random, int count) {
        List<KeyValue> kvs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            kvs.add(KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key" + i))
                    .setModRevision(random.nextInt(1000))
                    .setValue(ByteString.copyFrom(value))
                    .build());
        }
        return kvs;
    }
}
