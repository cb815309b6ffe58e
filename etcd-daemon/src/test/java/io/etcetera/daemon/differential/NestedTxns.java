package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.util.Arrays;

/** Transactions in one another, as bytes: encoding the messages themselves would need a stack of that depth. */
final class NestedTxns {
    private static final int SUCCESS_FIELD = 2;
    private static final int NESTED_TXN_FIELD = 4;
    private static final int LENGTH_DELIMITED = 2;
    private static final int LONGEST_PREFIX = 6;

    private final byte[] buffer;
    private int start;

    private NestedTxns(int levels, byte[] innermost) {
        this.buffer = new byte[innermost.length + 2 * LONGEST_PREFIX * levels];
        this.start = buffer.length - innermost.length;
        System.arraycopy(innermost, 0, buffer, start, innermost.length);
    }

    /** So many transactions, the last of them given, each in the success branch of the one before. */
    static byte[] encode(int levels, TxnRequest innermost) {
        NestedTxns nested = new NestedTxns(levels, innermost.toByteArray());
        for (int level = 1; level < levels; level++) {
            nested.putInto(NESTED_TXN_FIELD);
            nested.putInto(SUCCESS_FIELD);
        }
        return Arrays.copyOfRange(nested.buffer, nested.start, nested.buffer.length);
    }

    /** Writes tag and length in front of everything there is. */
    private void putInto(int field) {
        int length = buffer.length - start;
        int varintSize = Math.max(1, (38 - Integer.numberOfLeadingZeros(length)) / 7);
        start -= 1 + varintSize;
        buffer[start] = (byte) (field << 3 | LENGTH_DELIMITED);
        for (int i = 1; i <= varintSize; i++) {
            buffer[start + i] = (byte) (length | (i < varintSize ? 0x80 : 0));
            length >>>= 7;
        }
    }
}
