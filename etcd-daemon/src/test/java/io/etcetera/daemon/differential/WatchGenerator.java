package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Random writes and random operations on watch streams, from a seed alone. Used by one thread. */
final class WatchGenerator {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
    private static final int SLOTS = 7;
    private static final int UNKNOWN_FILTER = 9;
    private static final long[] CHOSEN_IDS = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -9, Long.MIN_VALUE, Long.MAX_VALUE
    };

    /** What no protobuf parser takes for a message. */
    private static final List<ByteString> NOT_MESSAGES = List.of(
            bytes(0x0a, 0x64, 0x01, 0x02),
            bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
            bytes(0x0a, 0x03, 0x0a, 0x64, 0x61),
            bytes(0x00, 0x00),
            bytes(0x0c),
            bytes(0x0f));

    private final RandomGenerator random;
    private final KeyAlphabet keys;
    private final OperationGenerator writes;
    private long nextUniqueId = WatchOperation.FIRST_UNIQUE_ID;

    WatchGenerator(long seed) {
        random = new SplittableRandom(seed);
        keys = new KeyAlphabet(random);
        writes = new OperationGenerator(random.nextLong());
    }

    Operation next() {
        int draw = random.nextInt(20_000);
        if (draw < 8) {
            return new Operation.Restart(draw < 4);
        }
        if (draw < 12) {
            return writes.expiry();
        }
        if (draw < 20) {
            return new WatchOperation.Settle(true);
        }
        if (draw < 12_000) {
            return writes.write();
        }
        if (draw < 13_000) {
            return writes.leaseChange();
        }
        return draw < 13_250 ? writes.compaction() : watch(random.nextInt(SLOTS));
    }

    private WatchOperation watch(int slot) {
        int draw = random.nextInt(1000);
        if (draw < 600) {
            return create(slot);
        }
        if (draw < 800) {
            return cancel(slot);
        }
        if (draw < 900) {
            return new WatchOperation.Progress(slot, oneIn(2));
        }
        if (draw < 930) {
            return new WatchOperation.Settle(false);
        }
        if (draw < 960) {
            return ignored(slot);
        }
        if (draw < 970) {
            return new WatchOperation.Raw(slot, NOT_MESSAGES.get(random.nextInt(NOT_MESSAGES.size())), true);
        }
        return draw < 975 ? new WatchOperation.HalfClose(slot) : new WatchOperation.Close(slot);
    }

    private WatchOperation.Create create(int slot) {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder()
                .setWatchId(createdId())
                .setStartRevision(start())
                .setPrevKv(oneIn(3))
                .setFragment(oneIn(4))
                .setProgressNotify(oneIn(4));
        if (oneIn(4)) {
            create.setKey(ZERO).setRangeEnd(ZERO);
        } else {
            ByteString key = keys.keyOrEmpty();
            create.setKey(key).setRangeEnd(keys.rangeEnd(key));
        }
        if (create.getWatchId() == -1) {
            // Its progress could not be told from that of the whole stream.
            create.clearProgressNotify();
        }
        for (int i = oneIn(3) ? 1 + random.nextInt(3) : 0; i > 0; i--) {
            create.addFiltersValue(oneIn(10) ? UNKNOWN_FILTER : random.nextInt(2));
        }
        return new WatchOperation.Create(slot, create.build(), oneIn(2));
    }

    private long createdId() {
        return switch (random.nextInt(6)) {
            case 0 -> CHOSEN_IDS[random.nextInt(CHOSEN_IDS.length)];
            case 1 -> nextUniqueId++;
            default -> 0;
        };
    }

    private WatchOperation.Cancel cancel(int slot) {
        boolean unique = oneIn(2) && nextUniqueId > WatchOperation.FIRST_UNIQUE_ID;
        long id = unique
                ? Math.max(WatchOperation.FIRST_UNIQUE_ID, nextUniqueId - 1 - random.nextInt(20))
                : oneIn(3) ? CHOSEN_IDS[random.nextInt(CHOSEN_IDS.length)] : random.nextInt(12);
        return new WatchOperation.Cancel(slot, id, oneIn(2));
    }

    private long start() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> 0;
            case 3, 4, 5 -> Symbols.revision(-random.nextInt(60));
            case 6 -> Symbols.revision(-random.nextInt(2000));
            case 7 -> Symbols.revision(1);
            case 8 -> Symbols.revision(1 + random.nextInt(30));
            case 9 -> WatchSymbols.fromCompaction(random.nextInt(4));
            case 10 -> WatchSymbols.fromCompaction(random.nextInt(5) - 4);
            default -> odd();
        };
    }

    private long odd() {
        return switch (random.nextInt(6)) {
            case 0 -> -1;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> 2;
            default -> 1;
        };
    }

    /** What is a message, and asks for nothing. */
    private WatchOperation.Raw ignored(int slot) {
        ByteString bytes = oneIn(2)
                ? ByteString.EMPTY
                : UnknownFieldSet.newBuilder()
                        .addField(
                                100 + random.nextInt(100),
                                UnknownFieldSet.Field.newBuilder()
                                        .addVarint(random.nextLong())
                                        .addLengthDelimited(keys.key())
                                        .build())
                        .build()
                        .toByteString();
        return new WatchOperation.Raw(slot, bytes, false);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }
}
