package io.etcetera.server.read;

import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;

/** The one place that turns the store's complaints about revisions into etcd's errors. */
public final class RevisionErrors {
    private RevisionErrors() {}

    /** The error that a client is to see. */
    public static EtcdException toEtcd(RevisionException e) {
        return new EtcdException(
                switch (e.kind()) {
                    case COMPACTED -> EtcdError.COMPACTED;
                    case FUTURE -> EtcdError.FUTURE_REVISION;
                });
    }
}
