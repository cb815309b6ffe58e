package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A message on its way between members: a CRC-32C, then big-endian values. Grows as it is written. Not thread-safe. */
final class WireBuffer {
    private static final int SMALL = 64;

    private ByteBuffer buffer;

    WireBuffer() {
        this(SMALL);
    }

    WireBuffer(int expectedBytes) {
        this.buffer = ByteBuffer.allocate(expectedBytes).position(Integer.BYTES);
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(Math.addExact(buffer.position(), bytes), 2 * buffer.capacity());
            buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
        }
        return buffer;
    }

    WireBuffer putByte(byte value) {
        room(1).put(value);
        return this;
    }

    WireBuffer putBoolean(boolean value) {
        return putByte((byte) (value ? 1 : 0));
    }

    WireBuffer putInt(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    WireBuffer putLong(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    WireBuffer put(ByteBuffer bytes) {
        room(bytes.remaining()).put(bytes);
        return this;
    }

    /** Bytes preceded by their length. */
    WireBuffer putBytes(byte[] bytes) {
        return putInt(bytes.length).put(ByteBuffer.wrap(bytes));
    }

    WireBuffer putPeers(List<String> peers) {
        putInt(peers.size());
        peers.forEach(peer -> putLong(Peers.memberId(PeerId.parsePeer(peer))));
        return this;
    }

    /** The message with its checksum. */
    byte[] finish() {
        byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
        ByteBuffer.wrap(bytes).putInt(checksum(bytes));
        return bytes;
    }

    private static int checksum(byte[] message) {
        CRC32C crc = new CRC32C();
        crc.update(message, Integer.BYTES, message.length - Integer.BYTES);
        return (int) crc.getValue();
    }

    /** What reads the values of a message. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ByteBuffer in) throws IOException;
    }

    /**
     * Checks a message and lets {@code reader} take it apart.
     *
     * @throws IOException if it is damaged, or ends too early
     */
    static <T> T read(byte[] message, Reader<T> reader) throws IOException {
        if (message.length < Integer.BYTES || ByteBuffer.wrap(message).getInt() != checksum(message)) {
            throw new IOException("a message of " + message.length + " bytes was damaged on the way");
        }
        try {
            return reader.read(ByteBuffer.wrap(message, Integer.BYTES, message.length - Integer.BYTES));
        } catch (BufferUnderflowException e) {
            throw new IOException("a message of " + message.length + " bytes ends too early", e);
        }
    }

    static byte[] getBytes(ByteBuffer in) throws IOException {
        byte[] bytes = new byte[count(in, 1)];
        in.get(bytes);
        return bytes;
    }

    static List<String> getPeers(ByteBuffer in) throws IOException {
        int count = count(in, Long.BYTES);
        List<String> peers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            peers.add(Peers.peer(in.getLong()).toString());
        }
        return peers;
    }

    /** A count that what is left can hold, so that nothing is allocated on a damaged number's word. */
    private static int count(ByteBuffer in, int bytesEach) throws IOException {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new IOException("a list of " + count + " in " + in.remaining() + " bytes");
        }
        return count;
    }
}
