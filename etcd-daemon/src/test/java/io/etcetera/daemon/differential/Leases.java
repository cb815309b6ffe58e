package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random requests of the Lease service. Leases live for longer than any run, for two servers do not let one expire at the
 * same moment; expiry has an operation of its own.
 */
final class Leases {
    private static final long LONG_TTL_SECONDS = 1_000_000;
    /** What a grant of a server may give. */
    private static final long MAX_TTL_SECONDS = 9_000_000_000L;

    private static final long[] CHOSEN_IDS = {1, 2, 3, 4, 5, 0x7000_0000_0000_0001L, Long.MAX_VALUE, -1, Long.MIN_VALUE
    };
    private static final int SERVER_CHOSEN = 5;
    private static final long NEVER_GRANTED = 77;
    private static final long BRIEF = 78;

    private final RandomGenerator random;
    private final KeyAlphabet keys;

    Leases(RandomGenerator random, KeyAlphabet keys) {
        this.random = random;
        this.keys = keys;
    }

    /** The ID of a lease that mostly exists. */
    long id() {
        int draw = random.nextInt(40);
        if (draw == 0) {
            return NEVER_GRANTED;
        }
        return draw < 10 ? Symbols.lease(random.nextInt(SERVER_CHOSEN)) : chosenId();
    }

    /**
     * The ID of a lease to attach keys to, and to compare theirs with. None that a server chose: those are greater or less
     * than others by chance, and are in the records, and so in their hash.
     */
    long attachableId() {
        return random.nextInt(40) == 0 ? NEVER_GRANTED : chosenId();
    }

    private long chosenId() {
        return CHOSEN_IDS[random.nextInt(CHOSEN_IDS.length)];
    }

    LeaseGrantRequest grant() {
        return LeaseGrantRequest.newBuilder().setTTL(longTtl()).setID(id()).build();
    }

    LeaseRevokeRequest revoke() {
        return LeaseRevokeRequest.newBuilder().setID(idOrZero()).build();
    }

    LeaseKeepAliveRequest keepAlive() {
        return LeaseKeepAliveRequest.newBuilder().setID(idOrZero()).build();
    }

    LeaseTimeToLiveRequest timeToLive() {
        return LeaseTimeToLiveRequest.newBuilder()
                .setID(idOrZero())
                .setKeys(random.nextBoolean())
                .build();
    }

    LeaseLeasesRequest list() {
        return LeaseLeasesRequest.getDefaultInstance();
    }

    Operation.Expiry expiry() {
        long ttl = switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            default -> 1 + random.nextInt(2);
        };
        List<PutRequest> puts = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            puts.add(PutRequest.newBuilder()
                    .setKey(keys.key())
                    .setValue(ByteString.copyFromUtf8("brief"))
                    .setLease(BRIEF)
                    .build());
        }
        return new Operation.Expiry(
                LeaseGrantRequest.newBuilder().setTTL(ttl).setID(BRIEF).build(), puts);
    }

    private long idOrZero() {
        return random.nextInt(50) == 0 ? 0 : id();
    }

    private long longTtl() {
        return switch (random.nextInt(12)) {
            case 0 -> MAX_TTL_SECONDS;
            case 1 -> MAX_TTL_SECONDS + 1;
            case 2 -> Long.MAX_VALUE;
            default -> LONG_TTL_SECONDS + random.nextInt(10) * LONG_TTL_SECONDS;
        };
    }
}
