package io.etcetera.server.rpc.admin;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.Sha256;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.proto.etcdserverpb.SnapshotRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.TimeSource;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.PumpedCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Snapshot: the store as a bbolt file in chunks of etcd's size, and its SHA-256 in a message of its own. The file is made
 * while it is sent; if that fails, the call ends without the SHA-256, which tells the client that what it has is not all.
 */
final class SnapshotCall extends PumpedCall<SnapshotRequest> {
    static final int CHUNK_BYTES = 32 * 1024;

    /** Sent ahead of what the connection has taken, so that the pump need not come back for every chunk. */
    private static final int AHEAD_BYTES = 16 * CHUNK_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCall.class);

    private final RpcContext context;
    private final TimeSource time;
    private final MessageDigest sha256 = Sha256.newDigest();

    /** Set before sending starts; owned by the pump from then on. */
    private @Nullable StoreSnapshot snapshot;

    private byte[] version = {};
    private long begin;
    private long sent;

    SnapshotCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop, context.readers());
        call.setOnReadyThreshold(AHEAD_BYTES);
        this.context = context;
        this.time = context.parts().time();
    }

    @Override
    protected void handle(SnapshotRequest request) {
        context.parts().snapshots().snapshot(this::isCancelled).whenComplete((made, failure) -> {
            if (failure != null) {
                failed(
                        failure instanceof CompletionException wrapped && wrapped.getCause() != null
                                ? wrapped.getCause()
                                : failure);
            } else {
                made(made);
            }
        });
    }

    private void failed(Throwable failure) {
        if (!isCancelled()) {
            LOG.atWarn().addKeyValue("error", failure.getMessage()).log("failed to make a database snapshot");
            closeLater(failure);
        }
    }

    private void made(StoreSnapshot made) {
        snapshot = made;
        version = made.storageVersion().getBytes(StandardCharsets.UTF_8);
        begin = time.nanoTime();
        LOG.atInfo()
                .addKeyValue("total-bytes", made.sizeBytes())
                .addKeyValue("size", ByteSize.format(made.sizeBytes()))
                .addKeyValue("storage-version", made.storageVersion())
                .log("sending database snapshot to client");
        startSending();
    }

    @Override
    protected void sendNext() throws EtcdException, IOException {
        StoreSnapshot from = snapshot;
        if (from == null) {
            throw new IllegalStateException("nothing to send yet");
        }
        if (sent == from.sizeBytes()) {
            sendDigest(from);
            return;
        }
        ByteBuffer chunk = from.next(CHUNK_BYTES);
        sha256.update(chunk.duplicate());
        sent += chunk.remaining();
        write(message(from, chunk));
    }

    private void sendDigest(StoreSnapshot from) throws EtcdException {
        byte[] digest = sha256.digest();
        LOG.atInfo()
                .addKeyValue("total-bytes", from.sizeBytes())
                .addKeyValue("checksum-size", digest.length)
                .log("sending database sha256 checksum to client");
        write(message(from, ByteBuffer.wrap(digest)));
        LOG.atInfo()
                .addKeyValue("total-bytes", from.sizeBytes())
                .addKeyValue("size", ByteSize.format(from.sizeBytes()))
                .addKeyValue("took", Duration.ofNanos(time.nanoTime() - begin))
                .addKeyValue("storage-version", from.storageVersion())
                .log("successfully sent database snapshot to client");
        finish();
    }

    private Outbound message(StoreSnapshot from, ByteBuffer blob) {
        return SnapshotOutbound.of(from.sizeBytes() - sent, blob, version);
    }

    @Override
    protected void release() {
        StoreSnapshot held = snapshot;
        snapshot = null;
        if (held != null) {
            context.parts().metrics().disk().snapshotEnded(time.nanoTime() - begin);
            held.close();
        }
    }
}
