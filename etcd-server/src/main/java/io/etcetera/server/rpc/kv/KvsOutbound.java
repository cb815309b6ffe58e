package io.etcetera.server.rpc.kv;

import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.MessageTooLargeException;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A RangeResponse, or one chunk of a RangeStreamResponse, put together around records that stay as the store encoded
 * them. Byte for byte what protobuf would write.
 */
final class KvsOutbound extends Outbound {
    private static final int KVS_FIELD = 2;
    private static final int MORE_FIELD = 3;
    private static final int COUNT_FIELD = 4;
    private static final int RANGE_RESPONSE_FIELD = 1;
    private static final int LARGEST_PREFIX = 1 + Wire.MAX_VARINT;

    private final byte[] head;
    private final List<StoredKeyValue> kvs;
    private final byte[] tail;
    private final long count;

    private KvsOutbound(int size, byte[] head, List<StoredKeyValue> kvs, byte[] tail, long count) {
        super(size);
        this.head = head;
        this.kvs = kvs;
        this.tail = tail;
        this.count = count;
    }

    /** @throws MessageTooLargeException if a gRPC message cannot hold it */
    static KvsOutbound range(ResponseHeaders headers, RangeOutcome outcome) {
        long term = headers.term();
        byte[] head = new byte[headers.size(outcome.revision(), term)];
        headers.put(head, 0, outcome.revision(), term);
        byte[] tail = tail(outcome.more(), outcome.count());
        long size = head.length + kvsSize(outcome.kvs()) + tail.length;
        return new KvsOutbound(MessageTooLargeException.check(size), head, outcome.kvs(), tail, outcome.count());
    }

    /** A chunk of a stream that more will follow: nothing but records. */
    static KvsOutbound chunk(List<StoredKeyValue> kvs) {
        return chunk(new byte[0], kvs, new byte[0]);
    }

    /** The last chunk of a stream. */
    static KvsOutbound lastChunk(
            ResponseHeaders headers, long revision, List<StoredKeyValue> kvs, boolean more, long count) {
        long term = headers.term();
        byte[] header = new byte[headers.size(revision, term)];
        headers.put(header, 0, revision, term);
        return chunk(header, kvs, tail(more, count));
    }

    private static KvsOutbound chunk(byte[] header, List<StoredKeyValue> kvs, byte[] tail) {
        long content = header.length + kvsSize(kvs) + tail.length;
        long size = Wire.bytesFieldSize(content);
        byte[] head = new byte[(int) (size - content) + header.length];
        int at = Wire.putBytesPrefix(head, 0, RANGE_RESPONSE_FIELD, content);
        System.arraycopy(header, 0, head, at, header.length);
        return new KvsOutbound(MessageTooLargeException.check(size), head, kvs, tail, 0);
    }

    private static byte[] tail(boolean more, long count) {
        byte[] tail = new byte[Wire.fieldSize(more ? 1 : 0) + Wire.fieldSize(count)];
        int at = Wire.putField(tail, 0, MORE_FIELD, more ? 1 : 0);
        Wire.putField(tail, at, COUNT_FIELD, count);
        return tail;
    }

    /** Bytes that these records take as field 2. */
    static long kvsSize(List<StoredKeyValue> kvs) {
        long size = 0;
        for (StoredKeyValue kv : kvs) {
            size += Wire.bytesFieldSize(kv.encoded().length);
        }
        return size;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public int records() {
        return kvs.size();
    }

    @Override
    public byte[] beginning() {
        return head;
    }

    @Override
    protected void writeTo(OutputStream target) throws IOException {
        target.write(head, 0, head.length);
        byte[] prefix = new byte[LARGEST_PREFIX];
        for (StoredKeyValue kv : kvs) {
            byte[] encoded = kv.encoded();
            target.write(prefix, 0, Wire.putBytesPrefix(prefix, 0, KVS_FIELD, encoded.length));
            target.write(encoded, 0, encoded.length);
        }
        target.write(tail, 0, tail.length);
    }
}
