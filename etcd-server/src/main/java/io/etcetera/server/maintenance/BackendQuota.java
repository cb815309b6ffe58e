package io.etcetera.server.maintenance;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The quota on the store's size. Thread-safe. */
public final class BackendQuota implements QuotaGuard {
    /** What a configured quota of 0 stands for. */
    public static final long DEFAULT_BYTES = 2L << 30;

    /**
     * What a store takes here before it holds anything, beyond etcd's: each bucket has a page of its own, and each page is
     * written elsewhere when it changes. Not counted, so that a quota of a few pages holds as much as there.
     */
    static final long NOT_COUNTED_BYTES = 64L << 10;

    private static final Logger log = LoggerFactory.getLogger(BackendQuota.class);

    private final long memberId;
    private final long quotaBytes;
    private final LongSupplier sizeBytes;
    private final AlarmView alarms;
    private final Proposer proposer;
    private final AtomicBoolean raising = new AtomicBoolean();

    /**
     * @param configuredBytes 0 for the default, negative for none
     * @param sizeBytes bytes that the store takes on disk; cheap, any thread
     */
    public BackendQuota(
            long memberId, long configuredBytes, LongSupplier sizeBytes, AlarmView alarms, Proposer proposer) {
        this.memberId = memberId;
        this.quotaBytes = configuredBytes == 0 ? DEFAULT_BYTES : configuredBytes;
        this.sizeBytes = sizeBytes;
        this.alarms = alarms;
        this.proposer = proposer;
        logQuota(configuredBytes);
    }

    private void logQuota(long configuredBytes) {
        if (configuredBytes < 0) {
            log.atInfo().addKeyValue("quota-size-bytes", configuredBytes).log("disabled backend quota");
        } else {
            log.atInfo()
                    .addKeyValue("quota-size-bytes", quotaBytes)
                    .log(configuredBytes == 0 ? "enabled backend quota with default value" : "enabled backend quota");
        }
    }

    @Override
    public void check(PutRequest request) throws EtcdException {
        check(QuotaCost.of(request));
    }

    @Override
    public void check(TxnRequest request) throws EtcdException {
        check(QuotaCost.of(request));
    }

    @Override
    public void checkLeaseGrant() throws EtcdException {
        check(QuotaCost.LEASE_GRANT);
    }

    private void check(long cost) throws EtcdException {
        if (!hasRoomFor(cost)) {
            raiseAlarm();
            throw new EtcdException(EtcdError.NO_SPACE);
        }
    }

    /** Whether a request of this cost, in bytes, keeps the store below the quota. */
    public boolean hasRoomFor(long cost) {
        return cost == 0 || quotaBytes < 0 || sizeBytes.getAsLong() - NOT_COUNTED_BYTES + cost < quotaBytes;
    }

    /** Proposes the NOSPACE alarm for this member, unless it is raised already or about to be. Never blocks. */
    public void raiseAlarm() {
        if (isRaised() || !raising.compareAndSet(false, true)) {
            return;
        }
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setAlarm(AlarmRequest.newBuilder()
                        .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                        .setMemberID(memberId)
                        .setAlarm(AlarmType.NOSPACE));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                raising.set(false);
            }

            @Override
            public void failed(EtcdException error) {
                raising.set(false);
                log.atWarn()
                        .addKeyValue("error", error.getMessage())
                        .log("failed to raise the NOSPACE alarm; the next request that does not fit tries again");
            }
        });
    }

    private boolean isRaised() {
        for (AlarmMember alarm : alarms.active()) {
            if (alarm.getAlarm() == AlarmType.NOSPACE && alarm.getMemberID() == memberId) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long quotaBytes() {
        return quotaBytes;
    }
}
