package io.etcetera.server.rpc.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.apply.ReadOnlyTxn;
import io.etcetera.server.auth.AuthState;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.auth.Identity;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.concurrency.ConcurrencyParts;
import io.etcetera.server.lease.Leases.LeaseState;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.MemberParts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The member as one call may use it. Whatever a call reads, proposes or asks about leases goes through here, in the name of its
 * client and checked: no handler reaches the store, the log or the leases by another way, and a test holds it so. Thread-safe.
 *
 * <p>While authentication is off, all that is left of this is a look at the state that says so.
 */
public final class Access implements Identity {
    private final MemberParts parts;
    private final ServerCall<?, ?> call;
    private final Metadata metadata;

    Access(MemberParts parts, ServerCall<?, ?> call, Metadata metadata) {
        this.parts = parts;
        this.call = call;
        this.metadata = metadata;
    }

    /** Whether authentication is off, so that nobody needs to say who he is. */
    public boolean isOpen() {
        return !permissions().state().isEnabled();
    }

    Permissions permissions() {
        return parts.permissions();
    }

    @Override
    public void identify(ResultCallback<Caller> callback) {
        if (isOpen()) {
            callback.completed(Caller.NOBODY);
            return;
        }
        String token = Credentials.token(metadata);
        if (token != null) {
            parts.authenticator().resolve(token, callback);
        } else {
            callback.completed(byCertificate());
        }
    }

    private Caller byCertificate() {
        if (!parts.config().clientTls().clientCertAuth()) {
            return Caller.NOBODY;
        }
        return Credentials.commonName(call, metadata)
                .map(name -> new Caller(name, permissions().state().revision()))
                .orElse(Caller.NOBODY);
    }

    /** Sees who the caller is, and whether that is enough. Fails with INVALID_AUTH_TOKEN and as the check does. */
    void admit(Permission needed, ResultCallback<Caller> callback) {
        identify(Callbacks.then(callback, caller -> {
            try {
                if (needed == Permission.ADMIN) {
                    permissions().requireAdmin(caller);
                } else if (needed == Permission.USER) {
                    permissions().requireUser(caller);
                }
            } catch (EtcdException e) {
                callback.failed(e);
                return;
            }
            callback.completed(caller);
        }));
    }

    /** As {@link io.etcetera.server.propose.Proposer#propose}, in the caller's name. */
    public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        if (isOpen()) {
            parts.proposer().propose(request, callback);
            return;
        }
        identify(Callbacks.then(callback, caller -> {
            request.getHeaderBuilder().setUsername(caller.username()).setAuthRevision(caller.authRevision());
            parts.proposer().propose(request, callback);
        }));
    }

    /** Reads what the caller may read. */
    public RangeOutcome range(Caller caller, RangeRequest range) throws EtcdException {
        return permissions()
                .reading(
                        caller,
                        () -> permissions().checkRange(caller, range.getKey(), range.getRangeEnd()),
                        () -> RangeEvaluator.evaluate(parts.store()::range, range));
    }

    /** Evaluates a transaction that only reads. */
    public TxnResponse txn(Caller caller, TxnRequest txn) throws EtcdException {
        return permissions()
                .reading(
                        caller,
                        () -> permissions().checkTxn(caller, txn),
                        () -> ReadOnlyTxn.evaluate(parts.store(), txn));
    }

    /** Checks that a caller may watch. */
    public void checkWatch(Caller caller, ByteString key, ByteString rangeEnd) throws EtcdException {
        permissions().checkRange(caller, key, rangeEnd);
    }

    /** Renews a lease. Fails as {@link io.etcetera.server.lease.Leases#renew}, and if the caller may not. */
    public void renew(long leaseId, ResultCallback<Long> callback) {
        if (isOpen()) {
            parts.leases().renew(leaseId, callback);
            return;
        }
        identify(Callbacks.then(callback, caller -> {
            try {
                permissions().checkLeaseRenew(caller, leaseId);
                parts.leases().renew(leaseId, callback);
            } catch (EtcdException e) {
                callback.failed(e);
            }
        }));
    }

    /** The state of a lease; with the keys, if the caller may read them. */
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
        if (!withKeys || isOpen()) {
            parts.leases().timeToLive(leaseId, withKeys, callback);
            return;
        }
        identify(Callbacks.then(callback, caller -> {
            AuthState checked = permissions().state();
            try {
                permissions().checkLeasesRead(caller, List.of(leaseId));
            } catch (EtcdException e) {
                callback.failed(e);
                return;
            }
            ResultCallback<@Nullable LeaseState> confirming = Callbacks.then(callback, lease -> {
                try {
                    permissions().confirm(checked);
                    callback.completed(lease);
                } catch (EtcdException e) {
                    callback.failed(e);
                }
            });
            parts.leases().timeToLive(leaseId, true, confirming);
        }));
    }

    /** The IDs of all leases, if the caller may read all that hangs on them. */
    public void leaseIds(ResultCallback<List<Long>> callback) {
        identify(Callbacks.then(callback, caller -> {
            List<Long> ids = parts.leases().leaseIds();
            try {
                permissions().checkLeasesRead(caller, ids);
                callback.completed(ids);
            } catch (EtcdException e) {
                callback.failed(e);
            }
        }));
    }

    /** The member for locks and elections, which do several things in the caller's name. */
    public ConcurrencyParts forOperations(Executor readers) {
        return new ConcurrencyParts(
                parts.store(), this::propose, parts.reads(), parts.quota(), this, permissions(), readers);
    }
}
