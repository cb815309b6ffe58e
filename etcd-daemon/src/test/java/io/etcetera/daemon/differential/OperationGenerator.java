package io.etcetera.daemon.differential;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random operations that follow from a seed alone: what the servers answer has no influence, so a sequence can be made
 * again, whole or in part, without them. Used by one thread.
 */
final class OperationGenerator {
    /** Without them the servers stay warm, and a long run is several times as fast. */
    private static final boolean RESTARTS = !Boolean.getBoolean("differential.norestarts");

    private final RandomGenerator random;
    private final KvRequests kv;
    private final TxnRequests txns;
    private final Leases leases;
    private final MalformedCalls malformed;

    OperationGenerator(long seed) {
        random = new SplittableRandom(seed);
        KeyAlphabet keys = new KeyAlphabet(random);
        leases = new Leases(random, keys);
        kv = new KvRequests(random, keys, leases);
        txns = new TxnRequests(random, keys, leases, kv);
        malformed = new MalformedCalls(random);
    }

    /** Any operation. Restarts and expiries, which take seconds, are rare. */
    Operation next() {
        int draw = random.nextInt(12_000);
        if (draw < 4 && RESTARTS) {
            return new Operation.Restart(draw % 2 == 0);
        }
        if (draw == 4 || draw == 5) {
            return leases.expiry();
        }
        return draw < 300 ? malformed.spoil(call()) : call();
    }

    /** A sound call, of any method. */
    Operation.Call call() {
        int draw = random.nextInt(1000);
        if (draw < 350) {
            return new Operation.Call(Api.RANGE, kv.range());
        }
        if (draw < 390) {
            return new Operation.Call(Api.RANGE_STREAM, kv.streamedRange());
        }
        if (draw < 450) {
            return leaseCall();
        }
        if (draw < 465) {
            return new Operation.Call(Api.COMPACT, kv.compaction());
        }
        return draw < 480 ? new Operation.Call(Api.HASH_KV, kv.hash()) : write();
    }

    /** A call that changes keys, or would if its request were right: put, delete, transaction. */
    Operation.Call write() {
        int draw = random.nextInt(100);
        if (draw < 45) {
            return new Operation.Call(Api.PUT, kv.put());
        }
        return draw < 58 ? new Operation.Call(Api.DELETE_RANGE, kv.delete()) : new Operation.Call(Api.TXN, txns.txn());
    }

    Operation.Call compaction() {
        return new Operation.Call(Api.COMPACT, kv.compaction());
    }

    Operation.Expiry expiry() {
        return leases.expiry();
    }

    /** A call that grants or revokes a lease. */
    Operation.Call leaseChange() {
        return random.nextInt(3) == 0
                ? new Operation.Call(Api.LEASE_REVOKE, leases.revoke())
                : new Operation.Call(Api.LEASE_GRANT, leases.grant());
    }

    /** A call of the Lease service. */
    Operation.Call leaseCall() {
        int draw = random.nextInt(60);
        if (draw < 20) {
            return new Operation.Call(Api.LEASE_GRANT, leases.grant());
        }
        if (draw < 26) {
            return new Operation.Call(Api.LEASE_REVOKE, leases.revoke());
        }
        if (draw < 36) {
            return new Operation.Call(Api.LEASE_KEEP_ALIVE, leases.keepAlive());
        }
        return draw < 52
                ? new Operation.Call(Api.LEASE_TIME_TO_LIVE, leases.timeToLive())
                : new Operation.Call(Api.LEASE_LEASES, leases.list());
    }
}
