package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.proto.v3lockpb.UnlockRequest;
import io.etcetera.proto.v3lockpb.UnlockResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;

/** Locks. Headers of answers hold the revision alone; the RPC layer fills in the rest. Stateless. */
public final class Locks {
    private Locks() {}

    /**
     * Takes a lock, or waits for it. Who has it already, by the same lease, gets it again. Fails with SESSION_EXPIRED if
     * the lease has ended by the time that the lock is free.
     */
    public static Operation lock(MemberClient client, LockRequest request, ResultCallback<LockResponse> callback) {
        Contest contest = Contest.of(request.getName());
        return new LockContender(client, contest, callback).start(request.getLease());
    }

    /** Deletes the key that was the answer to a lock, whoever it belongs to. */
    public static Operation unlock(
            MemberClient client, UnlockRequest request, ResultCallback<UnlockResponse> callback) {
        ByteString key = request.getKey();
        if (key.isEmpty()) {
            callback.failed(new EtcdException(EtcdError.EMPTY_KEY));
            return Operation.SHORT;
        }
        client.delete(
                key,
                Callbacks.then(
                        callback,
                        deleted -> callback.completed(UnlockResponse.newBuilder()
                                .setHeader(deleted.getHeader())
                                .build())));
        return Operation.SHORT;
    }
}
