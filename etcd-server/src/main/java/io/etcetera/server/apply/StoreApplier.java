package io.etcetera.server.apply;

import com.google.protobuf.Message;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.EmptyResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeResponse;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.AuthCommands;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.read.RevisionErrors;
import java.util.concurrent.CompletionStage;

/** The end of the chain: does what the request says. */
final class StoreApplier implements Applier {
    private final KvStore store;
    private final Lessor lessor;
    private final AlarmStore alarms;
    private final ClusterStore cluster;
    private final AuthCommands auth;
    private final KvWrites writes;
    private final WriteTxns txns;

    StoreApplier(ApplyParts parts) {
        this.store = parts.store();
        this.lessor = parts.lessor();
        this.alarms = parts.alarms();
        this.cluster = parts.cluster();
        this.auth = parts.auth();
        this.writes = new KvWrites(lessor);
        this.txns = new WriteTxns(store, writes);
    }

    @Override
    public ApplyResult apply(Command command) {
        InternalRaftRequest request = command.request();
        if (command.kind() == RequestKind.COMPACTION) {
            return compact(request.getCompaction());
        }
        try {
            return ApplyResult.done(
                    switch (command.kind()) {
                        case PUT -> put(request.getPut());
                        case DELETE_RANGE -> delete(request.getDeleteRange());
                        case TXN -> txns.apply(request.getTxn());
                        case LEASE_GRANT -> grant(request.getLeaseGrant());
                        case LEASE_REVOKE -> revoke(request.getLeaseRevoke());
                        case ALARM ->
                            alarms.apply(request.getAlarm()).toBuilder()
                                    .setHeader(Responses.header(store.currentRevision()))
                                    .build();
                        case CLUSTER_VERSION_SET -> {
                            cluster.setClusterVersion(
                                    request.getClusterVersionSet().getVer());
                            yield EmptyResponse.getDefaultInstance();
                        }
                        case CLUSTER_MEMBER_ATTR_SET -> {
                            cluster.setAttributes(request.getClusterMemberAttrSet());
                            yield EmptyResponse.getDefaultInstance();
                        }
                        case DOWNGRADE_INFO_SET -> {
                            cluster.setDowngrade(request.getDowngradeInfoSet());
                            yield EmptyResponse.getDefaultInstance();
                        }
                        // Stands in the log for what a later release might write there; etcd does nothing about it
                        // either.
                        case DOWNGRADE_VERSION_TEST -> EmptyResponse.getDefaultInstance();
                        case MEMBERSHIP_CHANGE -> cluster.change(request.getMembershipChange());
                        case AUTH_ADMINISTRATION -> auth.administer(request);
                        case AUTH_USER_GET ->
                            auth.getUser(request.getAuthUserGet().getName());
                        case AUTH_ROLE_GET ->
                            auth.getRole(request.getAuthRoleGet().getRole());
                        case AUTH_STATUS -> auth.status();
                        case AUTHENTICATE -> auth.authenticate(request.getAuthenticate(), command.index());
                        case COMPACTION -> throw new IllegalStateException("dealt with above");
                    });
        } catch (EtcdException e) {
            return ApplyResult.refused(e.error());
        }
    }

    private Message put(PutRequest put) throws EtcdException {
        writes.checkPut(store::range, put);
        try (WriteTxn txn = store.write()) {
            return writes.put(txn, put);
        }
    }

    private Message delete(DeleteRangeRequest delete) {
        try (WriteTxn txn = store.write()) {
            return writes.delete(txn, delete);
        }
    }

    private Message grant(LeaseGrantRequest grant) throws EtcdException {
        long ttlSeconds = lessor.grant(grant.getID(), grant.getTTL());
        return LeaseGrantResponse.newBuilder()
                .setHeader(Responses.header(store.currentRevision()))
                .setID(grant.getID())
                .setTTL(ttlSeconds)
                .build();
    }

    private Message revoke(LeaseRevokeRequest revoke) throws EtcdException {
        lessor.revoke(revoke.getID(), store);
        return LeaseRevokeResponse.newBuilder()
                .setHeader(Responses.header(store.currentRevision()))
                .build();
    }

    /** A compaction that is to be physical is answered when the work on disk is done, even if there was none to do. */
    private ApplyResult compact(CompactionRequest request) {
        ApplyResult answer;
        CompletionStage<Void> work;
        try {
            work = store.compact(request.getRevision());
            answer = ApplyResult.done(CompactionResponse.newBuilder()
                    .setHeader(Responses.header(store.currentRevision()))
                    .build());
        } catch (RevisionException e) {
            work = store.compactionsDone();
            answer = ApplyResult.refused(RevisionErrors.toEtcd(e).error());
        }
        return request.getPhysical() ? new ApplyResult.Later(answer, work) : answer;
    }
}
