package io.etcetera.server.transport.copy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.peer.CopyChunk;
import io.etcetera.proto.peer.CopyEnd;
import io.etcetera.proto.peer.CopyStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A copy of another member's store as far as it has come in. Chunks are checked before they are written, and the whole
 * before it counts. One thread at a time.
 */
final class CopyFile implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;
    /** Small, since what else is on the disk may have to wait for so much. */
    private static final long SYNC_BYTES = 16L << 20;

    private final long memberId;
    private final Path file;
    private final String copyId;
    private final long expected;
    private final CRC32C whole = new CRC32C();
    private long length;
    private @Nullable Opened opened;

    /** While it is being written. */
    private record Opened(FileChannel channel, SyncAhead sync) {}

    private CopyFile(long memberId, Path file, CopyStart start) {
        this.memberId = memberId;
        this.file = file;
        this.copyId = start.getCopyId();
        this.expected = start.getLength();
    }

    /** Begins anew, whatever is in the file. */
    static CopyFile create(long memberId, Path file, CopyStart start) throws IOException {
        CopyFile created = new CopyFile(memberId, file, start);
        created.open(FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
        return created;
    }

    boolean isOf(long otherMemberId, Path otherFile) throws IOException {
        return memberId == otherMemberId && file.equals(otherFile) && Files.exists(file) && Files.size(file) >= length;
    }

    String copyId() {
        return copyId;
    }

    /** How much of it is there. */
    long length() {
        return length;
    }

    private void open(FileChannel channel) {
        opened = new Opened(channel, new SyncAhead(channel, SYNC_BYTES, length));
    }

    /** Goes on where the peer does. What is there is read again, for the checksum. */
    CopyFile continuedAt(long offset) throws IOException {
        if (offset > length) {
            throw new IOException(
                    "a copy is continued at " + offset + ", but there are only " + length + " bytes of it");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        length = offset;
        open(channel);
        channel.truncate(offset);
        whole.reset();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        channel.position(0);
        while (channel.read(buffer) >= 0) {
            whole.update(buffer.flip());
            buffer.clear();
        }
        return this;
    }

    void append(CopyChunk chunk) throws IOException, InterruptedException {
        ByteString data = chunk.getData();
        ByteBuffer bytes = data.asReadOnlyByteBuffer();
        if (CopyChecks.crc32c(bytes.duplicate()) != chunk.getCrc32C()) {
            throw new IOException("a chunk of a copy was damaged on its way, at " + length);
        }
        if (length + data.size() > expected) {
            throw new IOException("a copy is longer than announced");
        }
        whole.update(bytes.duplicate());
        Opened open = opened();
        while (bytes.hasRemaining()) {
            open.channel.write(bytes);
        }
        length += data.size();
        open.sync.written(length);
    }

    /** Checks that all of it is there, and makes it durable; deletes it otherwise. */
    void finish(CopyEnd end) throws IOException, InterruptedException {
        if (length != expected || (int) whole.getValue() != end.getCrc32C()) {
            close();
            Files.delete(file);
            throw new IOException("a copy of " + expected + " bytes has come in with " + length
                    + " bytes or with others than were sent");
        }
        opened().sync.finish();
        close();
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }

    private Opened opened() throws IOException {
        if (opened == null) {
            throw new IOException("the copy is closed");
        }
        return opened;
    }

    /** Leaves the file as it is, to be continued. */
    @Override
    public void close() throws IOException {
        Opened open = opened;
        opened = null;
        if (open != null) {
            open.sync.close();
            open.channel.close();
        }
    }
}
