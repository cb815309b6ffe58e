package io.etcetera.server.maintenance;

import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdException;

/** The backend quota, as checked before a request is proposed. Thread-safe. */
public interface QuotaGuard {

    /**
     * Checks a put.
     *
     * @throws EtcdException NO_SPACE; the NOSPACE alarm is raised on the way
     */
    void check(PutRequest request) throws EtcdException;

    /**
     * Checks a transaction, which costs nothing if it only reads and deletes.
     *
     * @throws EtcdException NO_SPACE, as above
     */
    void check(TxnRequest request) throws EtcdException;

    /**
     * Checks the granting of a lease.
     *
     * @throws EtcdException NO_SPACE, as above
     */
    void checkLeaseGrant() throws EtcdException;

    /** The quota in force, in bytes; negative if none. */
    long quotaBytes();
}
