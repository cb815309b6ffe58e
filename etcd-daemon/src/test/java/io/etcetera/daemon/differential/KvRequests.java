package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.util.random.RandomGenerator;

/** Random requests of the KV service, transactions aside. Every option occurs, wrong ones too. */
final class KvRequests {
    private static final int UNKNOWN_ENUM = 9;

    private final RandomGenerator random;
    private final KeyAlphabet keys;
    private final Leases leases;

    KvRequests(RandomGenerator random, KeyAlphabet keys, Leases leases) {
        this.random = random;
        this.keys = keys;
        this.leases = leases;
    }

    RangeRequest range() {
        ByteString key = keys.keyOrEmpty();
        RangeRequest.Builder range = RangeRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(keys.rangeEnd(key))
                .setLimit(limit())
                .setRevision(readRevision())
                .setSerializable(oneIn(4))
                .setKeysOnly(oneIn(6))
                .setCountOnly(oneIn(10));
        if (oneIn(3)) {
            range.setSortOrderValue(oneIn(60) ? UNKNOWN_ENUM : random.nextInt(3))
                    .setSortTargetValue(oneIn(60) ? -1 : random.nextInt(5));
        }
        if (oneIn(4)) {
            filter(range);
        }
        return range.build();
    }

    /** A range that is mostly one that can be streamed. */
    RangeRequest streamedRange() {
        RangeRequest.Builder range = range().toBuilder();
        if (!oneIn(8)) {
            range.clearMinModRevision()
                    .clearMaxModRevision()
                    .clearMinCreateRevision()
                    .clearMaxCreateRevision()
                    .clearSortTarget()
                    .setSortOrderValue(random.nextInt(2));
        }
        if (range.getSortTargetValue() != 0 && range.getLimit() >= 0) {
            // More than twelve ties would be sorted in no order, and each chunk goes on behind the last key of the one
            // before.
            range.setLimit(1 + random.nextInt(10));
        }
        if (oneIn(2)) {
            ByteString zero = ByteString.copyFrom(new byte[1]);
            range.setKey(zero).setRangeEnd(zero);
        }
        return range.build();
    }

    PutRequest put() {
        boolean ignoreValue = oneIn(12);
        boolean ignoreLease = oneIn(12);
        return PutRequest.newBuilder()
                .setKey(keys.keyOrEmpty())
                .setValue(ignoreValue && !oneIn(10) ? ByteString.EMPTY : keys.value())
                .setLease(oneIn(3) && !(ignoreLease && !oneIn(10)) ? leases.attachableId() : 0)
                .setPrevKv(oneIn(3))
                .setIgnoreValue(ignoreValue)
                .setIgnoreLease(ignoreLease)
                .build();
    }

    DeleteRangeRequest delete() {
        ByteString key = keys.keyOrEmpty();
        ByteString end = oneIn(2) ? ByteString.EMPTY : keys.rangeEnd(key);
        // Open ranges would empty the store again and again.
        return DeleteRangeRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(isOpenEnd(end) && !oneIn(5) ? ByteString.EMPTY : end)
                .setPrevKv(oneIn(3))
                .build();
    }

    /**
     * A delete for a transaction: never of everything behind a key. Etcd lets a put of one of those keys follow it; once
     * that revision is compacted, it has lost the put, and ends when the key is read (docs/compatibility.md).
     */
    DeleteRangeRequest deleteInTxn() {
        DeleteRangeRequest delete = delete();
        return isOpenEnd(delete.getRangeEnd())
                ? delete.toBuilder().clearRangeEnd().build()
                : delete;
    }

    private static boolean isOpenEnd(ByteString end) {
        return end.size() == 1 && end.byteAt(0) == 0;
    }

    CompactionRequest compaction() {
        long revision = oneIn(8) ? oddRevision() : Symbols.revision(-random.nextInt(60));
        return CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(oneIn(2))
                .build();
    }

    HashKVRequest hash() {
        return HashKVRequest.newBuilder()
                .setRevision(oneIn(2) ? Symbols.revision(-random.nextInt(60)) : readRevision())
                .build();
    }

    /** The revision of a read: mostly the current one. */
    long readRevision() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> Symbols.revision(-random.nextInt(40));
            case 2 -> oneIn(4) ? oddRevision() : 0;
            default -> 0;
        };
    }

    private long oddRevision() {
        return switch (random.nextInt(8)) {
            case 0 -> -1;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> 1;
            case 4 -> 2;
            case 5 -> Symbols.revision(1 + random.nextInt(3));
            case 6 -> Symbols.revision(-200 - random.nextInt(2000));
            default -> 0;
        };
    }

    private long limit() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> 1 + random.nextInt(5);
            case 3 -> 10 + random.nextInt(40);
            case 4 -> oneIn(4) ? -1 : Long.MAX_VALUE - random.nextInt(2);
            default -> 0;
        };
    }

    private void filter(RangeRequest.Builder range) {
        do {
            switch (random.nextInt(4)) {
                case 0 -> range.setMinModRevision(bound());
                case 1 -> range.setMaxModRevision(bound());
                case 2 -> range.setMinCreateRevision(bound());
                default -> range.setMaxCreateRevision(bound());
            }
        } while (oneIn(3));
    }

    private long bound() {
        return oneIn(12) ? oddRevision() : Symbols.revision(-random.nextInt(120));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
