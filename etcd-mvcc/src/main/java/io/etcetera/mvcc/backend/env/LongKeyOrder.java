package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.ByteView;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Passes entries on in the order of their keys, though long keys that begin alike come in the order of their hashes (see
 * {@link LongKeys}). Such a run is gathered and sorted; there are few of them, and they are short. One thread.
 */
final class LongKeyOrder implements EntryVisitor {
    private final EntryVisitor visitor;
    private final TreeMap<byte[], byte[]> run = new TreeMap<>(Arrays::compareUnsigned);

    LongKeyOrder(EntryVisitor visitor) {
        this.visitor = visitor;
    }

    @Override
    public boolean visit(ByteView key, ByteView value) {
        if (key.length() <= LongKeys.PREFIX_LENGTH) {
            return passOn() && visitor.visit(key, value);
        }
        byte[] bytes = key.toArray();
        if (!run.isEmpty() && !beginAlike(run.firstKey(), bytes) && !passOn()) {
            return false;
        }
        run.put(bytes, value.toArray());
        return true;
    }

    private static boolean beginAlike(byte[] one, byte[] other) {
        int length = LongKeys.PREFIX_LENGTH;
        return Arrays.equals(one, 0, length, other, 0, length);
    }

    /** Passes on what has been gathered; to be called at the end, unless the visitor has had enough. */
    boolean passOn() {
        for (Map.Entry<byte[], byte[]> entry : run.entrySet()) {
            if (!visitor.visit(ByteView.of(entry.getKey()), ByteView.of(entry.getValue()))) {
                return false;
            }
        }
        run.clear();
        return true;
    }
}
