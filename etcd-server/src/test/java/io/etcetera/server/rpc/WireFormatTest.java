package io.etcetera.server.rpc;

import static io.etcetera.server.rpc.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.rpc.port.FakeMember;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put together by hand must be, byte for byte, what protobuf would write. */
class WireFormatTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16383, 16384, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void varints(long value) throws IOException {
        byte[] expected = new byte[CodedOutputStream.computeUInt64SizeNoTag(value)];
        CodedOutputStream.newInstance(expected).writeUInt64NoTag(value);
        byte[] actual = new byte[Wire.varintSize(value)];
        assertThat(Wire.putVarint(actual, 0, value)).isEqualTo(expected.length);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void headerAlone() {
        assertThat(WireBytes.headers().alone(5))
                .isEqualTo(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .build()
                        .toByteArray());
    }

    @Test
    void readsLikeAnyInputStream() throws IOException {
        byte[] content = {1, 2, 3};
        assertThat(Outbound.of(content).readAllBytes()).isEqualTo(content);
        Outbound half = Outbound.of(content);
        assertThat(half.read()).isEqualTo(1);
        assertThat(half.available()).isEqualTo(2);
        assertThat(bytes(half)).containsExactly(2, 3);
    }
}
