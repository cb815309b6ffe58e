package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import java.util.List;

/** Something to do to both servers. Requests may hold {@link Symbols}. */
sealed interface Operation
        permits Operation.Call, Operation.RawCall, Operation.Expiry, Operation.Restart, WatchOperation {
    /** Whether it may run beside other reads, in any order. */
    boolean isRead();

    /** A call with a request that is a message of its method. */
    record Call(Api api, Message request) implements Operation {
        @Override
        public boolean isRead() {
            return !api.changes();
        }
    }

    /**
     * A call that no generated client would make.
     *
     * @param kind what is wrong with it
     * @param fullMethodName the method, which may not exist
     * @param messages what is sent, as it is
     */
    record RawCall(Malformed kind, String fullMethodName, List<ByteString> messages) implements Operation {
        @Override
        public boolean isRead() {
            return false;
        }
    }

    /**
     * Grants a lease that lives as briefly as can be, attaches keys to it, and waits until both servers have let it
     * expire. One operation, so that nothing else can fall between the moments at which they do.
     */
    record Expiry(LeaseGrantRequest grant, List<PutRequest> puts) implements Operation {
        @Override
        public boolean isRead() {
            return false;
        }
    }

    /**
     * Ends both servers and starts them again.
     *
     * @param killed by SIGKILL rather than SIGTERM
     */
    record Restart(boolean killed) implements Operation {
        @Override
        public boolean isRead() {
            return false;
        }
    }
}
