package io.etcetera.server.transport.peer;

import com.google.protobuf.ByteString;
import io.etcetera.proto.peer.CopyChunk;
import io.etcetera.proto.peer.CopyEnd;
import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyStart;
import io.etcetera.server.propose.LogRefusal;
import io.etcetera.server.transport.Handshake;
import io.etcetera.testing.fuzz.Fuzz;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What another member sends, if it is not one of ours. */
class PeerFuzzTest {

    private static byte[] encoded(Frame frame) throws IOException {
        return Frame.APPEND.streamRequest(frame).readAllBytes();
    }

    @Test
    void frames() throws IOException {
        Fuzz.of("peer frames")
                .samples(
                        encoded(Frame.PING),
                        encoded(new Frame(77, new byte[] {1, 2, 3})),
                        encoded(new Frame(-1, new byte[500])))
                .refusing(StatusRuntimeException.class)
                .run(bytes -> Frame.APPEND.parseRequest(new ByteArrayInputStream(bytes)));
    }

    @Test
    void refusals() {
        Fuzz.of("refusals of entries")
                .samples(RefusalCodec.encode(LogRefusal.BUSY), RefusalCodec.encode(LogRefusal.NOT_TAKEN))
                .maxBytes(20)
                .refusing(IllegalArgumentException.class)
                .run(RefusalCodec::decode);
    }

    @Test
    void partsOfCopies() {
        Fuzz.of("parts of copies")
                .samples(
                        CopyPart.newBuilder()
                                .setStart(CopyStart.newBuilder()
                                        .setCopyId("a-b-c")
                                        .setLength(9)
                                        .setOffset(3))
                                .build()
                                .toByteArray(),
                        CopyPart.newBuilder()
                                .setChunk(CopyChunk.newBuilder()
                                        .setData(ByteString.copyFromUtf8("data"))
                                        .setCrc32C(7))
                                .build()
                                .toByteArray(),
                        CopyPart.newBuilder()
                                .setEnd(CopyEnd.newBuilder().setCrc32C(9))
                                .build()
                                .toByteArray())
                .refusing(IOException.class)
                .run(bytes -> {
                    var unused = CopyPart.parseFrom(bytes);
                });
    }

    @Test
    void handshakes() {
        Fuzz.of("peer handshakes")
                .samples("1 ffffffffffffffff a b 1", "1 0 0 0 0")
                .maxBytes(100)
                .run(bytes -> {
                    String[] texts = new String(bytes, StandardCharsets.ISO_8859_1).split(" ", 5);
                    Metadata metadata = new Metadata();
                    String[] names = {"protocol", "cluster-id", "from", "to", "applied-index"};
                    for (int i = 0; i < texts.length; i++) {
                        metadata.put(
                                Metadata.Key.of("etcetera-" + names[i], Metadata.ASCII_STRING_MARSHALLER), texts[i]);
                    }
                    Handshake.of(metadata);
                });
    }
}
