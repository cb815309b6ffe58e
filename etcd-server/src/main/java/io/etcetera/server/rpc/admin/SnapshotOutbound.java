package io.etcetera.server.rpc.admin;

import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** One SnapshotResponse around bytes that stay where they are. Byte for byte what protobuf would write. */
final class SnapshotOutbound extends Outbound {
    private static final int REMAINING_FIELD = 2;
    private static final int BLOB_FIELD = 3;
    private static final int VERSION_FIELD = 4;

    private final byte[] head;
    private final ByteBuffer blob;
    private final byte[] tail;

    private SnapshotOutbound(byte[] head, ByteBuffer blob, byte[] tail) {
        super(head.length + blob.remaining() + tail.length);
        this.head = head;
        this.blob = blob;
        this.tail = tail;
    }

    /**
     * For one part of the snapshot.
     *
     * @param blob on the heap, not empty, and not to be changed any more
     */
    static SnapshotOutbound of(long remainingBytes, ByteBuffer blob, byte[] version) {
        int length = blob.remaining();
        byte[] head = new byte[Wire.fieldSize(remainingBytes) + (int) Wire.bytesFieldSize(length) - length];
        int at = Wire.putField(head, 0, REMAINING_FIELD, remainingBytes);
        Wire.putBytesPrefix(head, at, BLOB_FIELD, length);
        byte[] tail = {};
        if (version.length > 0) {
            tail = new byte[(int) Wire.bytesFieldSize(version.length)];
            at = Wire.putBytesPrefix(tail, 0, VERSION_FIELD, version.length);
            System.arraycopy(version, 0, tail, at, version.length);
        }
        return new SnapshotOutbound(head, blob, tail);
    }

    @Override
    protected void writeTo(OutputStream target) throws IOException {
        target.write(head);
        target.write(blob.array(), blob.arrayOffset() + blob.position(), blob.remaining());
        target.write(tail);
    }
}
