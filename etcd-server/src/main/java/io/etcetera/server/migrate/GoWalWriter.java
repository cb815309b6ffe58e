package io.etcetera.server.migrate;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.HardState;
import io.etcetera.proto.walpb.Metadata;
import io.etcetera.proto.walpb.Record;
import io.etcetera.proto.walpb.Snapshot;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes the one file of a new write-ahead log of the Go etcd; {@link GoWalFile} says what is in it. One thread. */
final class GoWalWriter implements AutoCloseable {
    private static final String NAME = "0000000000000000-0000000000000000.wal";
    private static final long PADDED = 0x80;

    private final Path file;
    private final DataOutputStream out;
    private final RunningCrc crc = new RunningCrc();

    private GoWalWriter(Path file) throws IOException {
        this.file = file;
        this.out = new DataOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)));
    }

    /** Begins a log in a directory that has none, with what each of them begins with. */
    static GoWalWriter create(Path directory, long memberId, long clusterId) throws IOException {
        GoWalWriter writer = new GoWalWriter(directory.resolve(NAME));
        writer.write(Record.newBuilder().setType(GoWalFile.CRC).build());
        writer.write(
                GoWalFile.METADATA,
                Metadata.newBuilder()
                        .setNodeID(memberId)
                        .setClusterID(clusterId)
                        .build());
        writer.write(GoWalFile.SNAPSHOT, Snapshot.getDefaultInstance());
        return writer;
    }

    void write(HardState state) throws IOException {
        write(GoWalFile.STATE, state);
    }

    void write(Snapshot snapshot) throws IOException {
        write(GoWalFile.SNAPSHOT, snapshot);
    }

    void write(Entry entry) throws IOException {
        write(GoWalFile.ENTRY, entry);
    }

    private void write(int type, MessageLite content) throws IOException {
        ByteString data = content.toByteString();
        write(Record.newBuilder()
                .setType(type)
                .setCrc(crc.update(data.toByteArray()))
                .setData(data)
                .build());
    }

    private void write(Record record) throws IOException {
        byte[] bytes = record.toByteArray();
        int padding = Math.floorMod(-bytes.length, Long.BYTES);
        long word = bytes.length | (padding == 0 ? 0 : (PADDED | padding) << 56);
        out.writeLong(Long.reverseBytes(word));
        out.write(bytes);
        out.write(new byte[padding]);
    }

    /** Returns when everything is durable. */
    void finish() throws IOException {
        out.flush();
        Swap.force(file);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
