package io.etcetera.mvcc.watch;

import com.google.protobuf.CodedOutputStream;
import io.etcetera.mvcc.WatchEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change as all watchers see it. Both encodings are made when first asked for, by the thread that asks, and then
 * shared; two threads that ask at once may both do the work, with equal results. The replaced version is read from the
 * store at that moment too, never by the apply thread, and is missing if it has been compacted by then.
 */
final class StoreEvent implements WatchEvent {
    // Tags of mvccpb.Event (type 1, kv 2, prev_kv 3) and mvccpb.KeyValue (key 1, mod_revision 3), as single bytes.
    private static final int EVENT_TYPE = 1;
    private static final int EVENT_KV = 2;
    private static final int EVENT_PREV_KV = 3;
    private static final int KV_KEY = 1;
    private static final int KV_MOD_REVISION = 3;
    private static final int TYPE_DELETE = 1;

    private final Change change;
    private final HistorySource history;
    private final List<WatchEvent> alone = List.of(this);
    private volatile byte @Nullable [] plain;
    private volatile byte @Nullable [] withPrevious;

    StoreEvent(Change change, HistorySource history) {
        this.change = change;
        this.history = history;
    }

    Change change() {
        return change;
    }

    /** This event as a list that all watchers of it alone can share. */
    List<WatchEvent> alone() {
        return alone;
    }

    @Override
    public long revision() {
        return change.modMain();
    }

    @Override
    public boolean isDelete() {
        return change.isDelete();
    }

    @Override
    public byte[] encoded(boolean withPrevKv) {
        byte[] known = withPrevKv ? withPrevious : plain;
        if (known != null) {
            return known;
        }
        byte[] previous = withPrevKv ? previous() : null;
        if (previous != null) {
            byte[] made = encode(previous);
            withPrevious = made;
            return made;
        }
        byte[] made = plain;
        if (made == null) {
            made = encode(null);
            plain = made;
        }
        if (withPrevKv) {
            withPrevious = made;
        }
        return made;
    }

    private byte @Nullable [] previous() {
        boolean creates = !change.isDelete() && change.createRevision() == change.modMain();
        return creates ? null : history.recordBefore(change.key(), change.modMain());
    }

    private byte[] encode(byte @Nullable [] previous) {
        byte[] kv = change.isDelete() ? deleteRecord(change) : change.record();
        int size = CodedOutputStream.computeByteArraySize(EVENT_KV, kv);
        if (change.isDelete()) {
            size += CodedOutputStream.computeEnumSize(EVENT_TYPE, TYPE_DELETE);
        }
        if (previous != null) {
            size += CodedOutputStream.computeByteArraySize(EVENT_PREV_KV, previous);
        }
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            if (change.isDelete()) {
                out.writeEnum(EVENT_TYPE, TYPE_DELETE);
            }
            out.writeByteArray(EVENT_KV, kv);
            if (previous != null) {
                out.writeByteArray(EVENT_PREV_KV, previous);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("event does not fit the size computed for it", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /** What etcd sends of a deleted key: the key, and when it was deleted. */
    private static byte[] deleteRecord(Change change) {
        int size = CodedOutputStream.computeByteArraySize(KV_KEY, change.key())
                + CodedOutputStream.computeInt64Size(KV_MOD_REVISION, change.modMain());
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeByteArray(KV_KEY, change.key());
            out.writeInt64(KV_MOD_REVISION, change.modMain());
        } catch (IOException e) {
            throw new UncheckedIOException("record does not fit the size computed for it", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }
}
