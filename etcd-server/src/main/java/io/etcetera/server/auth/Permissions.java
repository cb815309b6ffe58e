package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.KeyRights.Deed;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which requests a caller may make: each request as a whole, everything nested in it included, against one state. The order of the
 * checks is etcd's, since of several things that are wrong the first is told. Thread-safe.
 *
 * <p>All checks throw USER_EMPTY, AUTH_OLD_REVISION or PERMISSION_DENIED, and none while authentication is off.
 */
public final class Permissions {
    private final Supplier<AuthState> state;
    private final LeaseKeys leaseKeys;

    /** The keys that hang on a lease, in any order; none if there is no such lease. */
    @FunctionalInterface
    public interface LeaseKeys {
        List<ByteString> of(long leaseId);
    }

    public Permissions(Supplier<AuthState> state, LeaseKeys leaseKeys) {
        this.state = state;
        this.leaseKeys = leaseKeys;
    }

    /** The state at this moment. */
    public AuthState state() {
        return state.get();
    }

    public void checkRange(Caller caller, ByteString key, ByteString rangeEnd) throws EtcdException {
        state().require(caller, Deed.READ, key, rangeEnd);
    }

    public void checkPut(Caller caller, PutRequest put) throws EtcdException {
        AuthState now = state();
        if (now.isEnabled()) {
            checkPut(now, caller, put);
        }
    }

    private void checkPut(AuthState now, Caller caller, PutRequest put) throws EtcdException {
        now.require(caller, Deed.WRITE, put.getKey(), ByteString.EMPTY);
        // Who could not revoke the lease must not hang keys on it either.
        checkLeaseWrite(now, caller, put.getLease());
        if (put.getPrevKv()) {
            now.require(caller, Deed.READ, put.getKey(), ByteString.EMPTY);
        }
    }

    public void checkDelete(Caller caller, DeleteRangeRequest delete) throws EtcdException {
        AuthState now = state();
        now.require(caller, Deed.WRITE, delete.getKey(), delete.getRangeEnd());
        if (delete.getPrevKv()) {
            now.require(caller, Deed.READ, delete.getKey(), delete.getRangeEnd());
        }
    }

    /** Both branches are checked, whichever will be taken. */
    public void checkTxn(Caller caller, TxnRequest txn) throws EtcdException {
        AuthState now = state();
        if (now.isEnabled()) {
            checkTxn(now, caller, txn);
        }
    }

    private void checkTxn(AuthState now, Caller caller, TxnRequest txn) throws EtcdException {
        for (Compare compare : txn.getCompareList()) {
            now.require(caller, Deed.READ, compare.getKey(), compare.getRangeEnd());
        }
        checkOps(now, caller, txn.getSuccessList());
        checkOps(now, caller, txn.getFailureList());
    }

    private void checkOps(AuthState now, Caller caller, List<RequestOp> ops) throws EtcdException {
        for (RequestOp op : ops) {
            switch (op.getRequestCase()) {
                case REQUEST_RANGE ->
                    now.require(
                            caller,
                            Deed.READ,
                            op.getRequestRange().getKey(),
                            op.getRequestRange().getRangeEnd());
                case REQUEST_PUT -> checkPut(now, caller, op.getRequestPut());
                case REQUEST_DELETE_RANGE -> checkNestedDelete(now, caller, op.getRequestDeleteRange());
                case REQUEST_TXN -> checkTxn(now, caller, op.getRequestTxn());
                case REQUEST_NOT_SET -> {
                    // Does nothing, so there is nothing to forbid.
                }
            }
        }
    }

    /** The other way round than one that stands alone, as in etcd. */
    private static void checkNestedDelete(AuthState now, Caller caller, DeleteRangeRequest delete)
            throws EtcdException {
        if (delete.getPrevKv()) {
            now.require(caller, Deed.READ, delete.getKey(), delete.getRangeEnd());
        }
        now.require(caller, Deed.WRITE, delete.getKey(), delete.getRangeEnd());
    }

    /** A lease may be revoked by those who may write all of its keys. */
    public void checkLeaseRevoke(Caller caller, long leaseId) throws EtcdException {
        checkLeaseWrite(state(), caller, leaseId);
    }

    private void checkLeaseWrite(AuthState now, Caller caller, long leaseId) throws EtcdException {
        if (!now.isAdmin(caller)) {
            for (ByteString key : leaseKeys.of(leaseId)) {
                now.require(caller, Deed.WRITE, key, ByteString.EMPTY);
            }
        }
    }

    /** A lease may be renewed by those who may write all of its keys. */
    public void checkLeaseRenew(Caller caller, long leaseId) throws EtcdException {
        AuthState now = state();
        now.requireUser(caller);
        checkLeaseWrite(now, caller, leaseId);
    }

    /** The keys of leases may be seen by those who may read them all. */
    public void checkLeasesRead(Caller caller, List<Long> leaseIds) throws EtcdException {
        AuthState now = state();
        now.requireUser(caller);
        if (!now.isAdmin(caller)) {
            for (long leaseId : leaseIds) {
                for (ByteString key : leaseKeys.of(leaseId)) {
                    now.require(caller, Deed.READ, key, ByteString.EMPTY);
                }
            }
        }
    }

    /** A check of one caller's request. */
    @FunctionalInterface
    public interface Check {
        void run() throws EtcdException;
    }

    /** What is read from the store. */
    @FunctionalInterface
    public interface Read<T> {
        T get() throws EtcdException;
    }

    /** Reads for a caller: checks before, and again afterwards that nothing has changed meanwhile. */
    public <T> T reading(Caller caller, Check check, Read<T> read) throws EtcdException {
        check.run();
        T result = read.get();
        confirm(caller);
        return result;
    }

    public void requireUser(Caller caller) throws EtcdException {
        state().requireUser(caller);
    }

    public void requireAdmin(Caller caller) throws EtcdException {
        state().requireAdmin(caller);
    }

    /** A user may ask about himself, root about everybody. */
    public void checkGetUser(Caller caller, String user) throws EtcdException {
        if (!user.equals(caller.username())) {
            state().requireAdmin(caller);
        }
    }

    /** A user may ask about his roles, root about all. */
    public void checkGetRole(Caller caller, String role) throws EtcdException {
        AuthState now = state();
        boolean own = now.user(caller.username())
                .filter(user -> user.getRolesList().contains(role))
                .isPresent();
        if (!own) {
            now.requireAdmin(caller);
        }
    }

    /**
     * To be called when something has been read for the caller: refuses it if users or roles have changed since he was
     * identified, for then he may have been shown what was no longer his.
     *
     * @throws EtcdException AUTH_OLD_REVISION
     */
    public void confirm(Caller caller) throws EtcdException {
        if (caller.authRevision() != 0 && caller.authRevision() != state().revision()) {
            throw new EtcdException(EtcdError.AUTH_OLD_REVISION);
        }
    }

    /** The same for what was checked against a state. */
    public void confirm(AuthState checked) throws EtcdException {
        AuthState now = state();
        if (checked.isEnabled() && now.isEnabled() && checked.revision() != now.revision()) {
            throw new EtcdException(EtcdError.AUTH_OLD_REVISION);
        }
    }
}
