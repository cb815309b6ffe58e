package io.etcetera.server.migrate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.raftpb.ConfChange;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.EntryType;
import io.etcetera.proto.raftpb.HardState;
import io.etcetera.proto.walpb.Record;
import io.etcetera.proto.walpb.Snapshot;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs of a Go etcd that are none: taken over whole, or refused. */
class GoWalFuzzTest {
    private static final String NAME = "0000000000000000-0000000000000000.wal";
    private static final int LARGEST_RECORD = 1 << 20;

    @TempDir
    private Path directory;

    private static Entry put(long index, String key) {
        return Entry.newBuilder()
                .setIndex(index)
                .setTerm(2)
                .setData(InternalRaftRequest.newBuilder()
                        .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                        .build()
                        .toByteString())
                .build();
    }

    private static Entry memberAdded() {
        return Entry.newBuilder()
                .setIndex(1)
                .setTerm(1)
                .setType(EntryType.EntryConfChange)
                .setData(ConfChange.newBuilder()
                        .setNodeId(7)
                        .setContext(ByteString.copyFromUtf8(
                                "{\"id\":7,\"peerURLs\":[\"http://a:2380\"],\"name\":\"m1\",\"isPromote\":false}"))
                        .build()
                        .toByteString())
                .build();
    }

    private byte[] sample() throws IOException {
        Path place = Files.createDirectory(directory.resolve("sample"));
        try (GoWalWriter writer = GoWalWriter.create(place, 7, 8)) {
            writer.write(memberAdded());
            writer.write(put(2, "a"));
            writer.write(put(3, "b"));
            writer.write(put(3, "c"));
            writer.write(HardState.newBuilder().setTerm(2).setCommit(3).build());
            writer.write(Snapshot.newBuilder().setIndex(2).setTerm(2).build());
            writer.write(put(4, "d"));
            writer.finish();
        }
        return Files.readAllBytes(place.resolve(NAME));
    }

    /** The same records, as far as there are any, with the checksums that belong to them. */
    private static byte[] withChecksums(byte[] file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        RunningCrc crc = new RunningCrc();
        try {
            while (in.remaining() >= GoWalFile.FRAME_BYTES) {
                long word = in.getLong(in.position());
                long length = word & ((1L << 56) - 1);
                int padding = word < 0 ? (int) (word >>> 56) & 7 : 0;
                if (length == 0 || length > LARGEST_RECORD || length + padding > in.remaining() - Long.BYTES) {
                    break;
                }
                byte[] bytes = new byte[(int) length];
                in.getLong();
                in.get(bytes);
                in.position(in.position() + padding);
                write(out, withChecksum(Record.parseFrom(bytes), crc));
            }
        } catch (InvalidProtocolBufferException e) {
            return file; // there is nothing to be repaired
        }
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        out.writeBytes(rest);
        return out.toByteArray();
    }

    private static Record withChecksum(Record record, RunningCrc crc) {
        int value = record.getType() == GoWalFile.CRC
                ? crc.value()
                : crc.update(record.getData().toByteArray());
        return record.toBuilder().setCrc(value).build();
    }

    private static void write(ByteArrayOutputStream out, Record record) {
        byte[] bytes = record.toByteArray();
        int padding = Math.floorMod(-bytes.length, Long.BYTES);
        long word = bytes.length | (padding == 0 ? 0 : (0x80L | padding) << 56);
        out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(word)
                .array());
        out.writeBytes(bytes);
        out.writeBytes(new byte[padding]);
    }

    @Test
    void logs() throws IOException {
        Path place = Files.createDirectory(directory.resolve("wal"));

        Fuzz.of("Go logs")
                .samples(sample())
                .repairing(GoWalFuzzTest::withChecksums)
                .allocating(16 << 20, 500)
                .refusing(IOException.class)
                .run(file -> {
                    Files.write(place.resolve(NAME), file);
                    GoWal wal = GoWal.open(place);
                    wal.forEach(wal.firstIndex(), wal.lastIndex(), GoEntries::translate);
                });
    }

    @Test
    void entries() {
        byte[] v2 = {
            8, 1, 18, 3, 'P', 'U', 'T', 26, 10, '/', '0', '/', 'v', 'e', 'r', 's', 'i', 'o', 'n', 34, 3, '3', '.', '5'
        };
        Fuzz.of("entries of Go logs")
                .samples(
                        memberAdded().toByteArray(),
                        put(5, "key").toByteArray(),
                        Entry.newBuilder()
                                .setData(ByteString.copyFrom(v2))
                                .build()
                                .toByteArray())
                .words("PUT", "/0/members/1/attributes", "{\"name\":\"x\",\"clientURLs\":[]}", "/0/version")
                .past("\u0008\u0000".getBytes(StandardCharsets.ISO_8859_1))
                .past(Base64.getDecoder()
                        .decode("EAIYBSIHEAUKA2tleQ==")) // a number where a request of the v2 API would be
                .stackBytes(4 << 20)
                .allocating(8 << 20, 1_000)
                .refusing(IOException.class)
                .run(bytes -> GoEntries.translate(Entry.parseFrom(bytes)));
    }
}
