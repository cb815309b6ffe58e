package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.LeaseLeasesResponse;
import io.etcetera.proto.etcdserverpb.LeaseStatus;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.Comparator;

/**
 * All that the comparison lets differ, and the only place where it does; {@code docs/compatibility.md} gives the
 * reasons. Whatever is not named here has to be equal.
 */
final class KnownDifferences {
    private static final String NO_GZIP =
            "UNIMPLEMENTED grpc: Decompressor is not installed for grpc-encoding \"gzip\"";

    private static final String COMPACTED = "OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted";

    /** After a restart the leases of both have been renewed at once, in no order. */
    private boolean restarted;

    private Duration lastRestart = Duration.ZERO;
    private Duration slowestCall = Duration.ZERO;

    /**
     * To be called when the servers have been restarted. Their leases count from when each of them was ready.
     *
     * @param took how far apart that can have been at most
     */
    void restarted(Duration took) {
        restarted = true;
        lastRestart = took;
    }

    /**
     * To be called when both servers have answered a call.
     *
     * @param took how far apart they can have done what the call asks
     */
    void answeredWithin(Duration took) {
        if (took.compareTo(slowestCall) > 0) {
            slowestCall = took;
        }
    }

    /** A grant, a renewal and a question may each have reached the servers at different moments; seconds are cut, too. */
    private long ttlToleranceSeconds() {
        return lastRestart.plus(slowestCall.multipliedBy(2)).toSeconds() + 1;
    }

    /** Takes away from an answer what may differ between two servers, or two lives of one. */
    Message without(Message request, Message response) {
        Message plain = withoutIdentity(response);
        if (request instanceof RangeRequest range && plain instanceof RangeResponse found) {
            return SortTies.settle(range, found);
        }
        if (request instanceof TxnRequest txn && plain instanceof TxnResponse done) {
            return SortTies.settle(txn, done);
        }
        if (plain instanceof LeaseTimeToLiveResponse lease) {
            return inKeyOrder(lease);
        }
        return restarted && plain instanceof LeaseLeasesResponse leases ? inIdOrder(leases) : plain;
    }

    /** Takes IDs of cluster and member and the raft term out of an answer's header, but keeps whether they are set. */
    static Message withoutIdentity(Message response) {
        FieldDescriptor field = response.getDescriptorForType().findFieldByName("header");
        if (field == null || !response.hasField(field)) {
            return response;
        }
        ResponseHeader header = (ResponseHeader) response.getField(field);
        return response.toBuilder()
                .setField(
                        field,
                        header.toBuilder()
                                .setClusterId(header.getClusterId() == 0 ? 0 : 1)
                                .setMemberId(header.getMemberId() == 0 ? 0 : 1)
                                .setRaftTerm(header.getRaftTerm() == 0 ? 0 : 1)
                                .build())
                .build();
    }

    /** Whether two answers, after {@link #without}, are the same. */
    boolean same(Message stock, Message ours) {
        if (stock instanceof LeaseTimeToLiveResponse a && ours instanceof LeaseTimeToLiveResponse b) {
            return Math.abs(a.getTTL() - b.getTTL()) <= ttlToleranceSeconds()
                    && a.toBuilder().setTTL(b.getTTL()).build().equals(b);
        }
        if (stock instanceof HashKVResponse a && ours instanceof HashKVResponse b) {
            return a.equals(b) || isOfTheSameCompaction(a, b);
        }
        return stock.equals(ours);
    }

    /**
     * Whether one of them remembers the hash that its compaction computed, and the other computes it anew: because its
     * compaction is still under way, or because it has been restarted. Then it remembers only if it had to do the compaction
     * again, and that depends on what it had written just before. That both remember is the business of {@link HashKvIT}.
     */
    private static boolean isOfTheSameCompaction(HashKVResponse a, HashKVResponse b) {
        return a.getHeader().equals(b.getHeader())
                && a.getHashRevision() == b.getHashRevision()
                && isAnew(a) != isAnew(b);
    }

    private static boolean isAnew(HashKVResponse hash) {
        return hash.getCompactRevision() == hash.getHashRevision();
    }

    /** Go's protobuf puts one of two kinds of space behind its name, chosen when a program is built. */
    static String status(Answer answer) {
        return answer.status().replace("proto:\u00a0", "proto: ");
    }

    /** Whether these two answers are known to differ in this way; anything else in their place is a difference. */
    static boolean excuses(Operation.RawCall call, Answer stock, Answer ours) {
        return call.kind() == Malformed.COMPRESSED && status(stock).equals(NO_GZIP) && ours.code() == Status.Code.OK;
    }

    /** Likewise. */
    static boolean excuses(Operation.Call call, Answer stock, Answer ours) {
        return call.api() == Api.HASH_KV
                && ((stock.status().equals(COMPACTED) && isRemembered(ours))
                        || (ours.status().equals(COMPACTED) && isRemembered(stock)));
    }

    /**
     * Whether an answer is the hash that a compaction has computed. The other server has none if it was still at that
     * compaction when the next one was asked for; and whatever has no such hash is refused from then on.
     */
    private static boolean isRemembered(Answer answer) {
        try {
            return answer.code() == Status.Code.OK
                    && !isAnew(HashKVResponse.parseFrom(answer.messages().get(0)));
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static LeaseTimeToLiveResponse inKeyOrder(LeaseTimeToLiveResponse lease) {
        return lease.toBuilder()
                .clearKeys()
                .addAllKeys(lease.getKeysList().stream()
                        .sorted(ByteString.unsignedLexicographicalComparator())
                        .toList())
                .build();
    }

    private static LeaseLeasesResponse inIdOrder(LeaseLeasesResponse leases) {
        return leases.toBuilder()
                .clearLeases()
                .addAllLeases(leases.getLeasesList().stream()
                        .sorted(Comparator.comparingLong(LeaseStatus::getID))
                        .toList())
                .build();
    }
}
