package io.etcetera.server.transport;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.Sha256;
import io.etcetera.proto.peer.CopyChunk;
import io.etcetera.proto.peer.CopyEnd;
import io.etcetera.proto.peer.CopyStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A copy of another member's store as far as it has come in. Chunks are checked before they are written, and the whole
 * before it counts. One thread at a time.
 */
final class CopyFile implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;
    /** Written out now and then, so that not all of it is left to the end. */
    private static final long SYNC_BYTES = 64L << 20;

    private final long memberId;
    private final Path file;
    private final String copyId;
    private final long expected;
    private long length;
    private long synced;
    private MessageDigest digest = Sha256.newDigest();
    private @Nullable FileChannel channel;

    private CopyFile(long memberId, Path file, CopyStart start) {
        this.memberId = memberId;
        this.file = file;
        this.copyId = start.getCopyId();
        this.expected = start.getLength();
    }

    /** Begins anew, whatever is in the file. */
    static CopyFile create(long memberId, Path file, CopyStart start) throws IOException {
        CopyFile created = new CopyFile(memberId, file, start);
        created.channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
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

    /** Goes on where the peer does. What is there is read again, for the digest. */
    CopyFile continuedAt(long offset) throws IOException {
        if (offset > length) {
            throw new IOException(
                    "a copy is continued at " + offset + ", but there are only " + length + " bytes of it");
        }
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.truncate(offset);
        length = offset;
        synced = offset;
        digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        channel.position(0);
        while (channel.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return this;
    }

    void append(CopyChunk chunk) throws IOException {
        ByteString data = chunk.getData();
        if (CopyChecks.crc32c(data.asReadOnlyByteBuffer()) != chunk.getCrc32C()) {
            throw new IOException("a chunk of a copy was damaged on its way, at " + length);
        }
        if (length + data.size() > expected) {
            throw new IOException("a copy is longer than announced");
        }
        digest.update(data.asReadOnlyByteBuffer());
        ByteBuffer bytes = data.asReadOnlyByteBuffer();
        while (bytes.hasRemaining()) {
            open().write(bytes);
        }
        length += data.size();
        if (length - synced >= SYNC_BYTES) {
            open().force(false);
            synced = length;
        }
    }

    /** Checks that all of it is there, and makes it durable; deletes it otherwise. */
    void finish(CopyEnd end) throws IOException {
        boolean whole = length == expected
                && MessageDigest.isEqual(digest.digest(), end.getSha256().toByteArray());
        if (!whole) {
            close();
            Files.delete(file);
            throw new IOException("a copy of " + expected + " bytes has come in with " + length
                    + " bytes or with others than were sent");
        }
        open().force(true);
        close();
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }

    private FileChannel open() throws IOException {
        if (channel == null) {
            throw new IOException("the copy is closed");
        }
        return channel;
    }

    /** Leaves the file as it is, to be continued. */
    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
