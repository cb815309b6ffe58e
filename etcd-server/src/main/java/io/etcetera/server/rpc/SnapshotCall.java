package io.etcetera.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.Sha256;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.proto.etcdserverpb.SnapshotRequest;
import io.etcetera.proto.etcdserverpb.SnapshotResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.TimeSource;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Snapshot: the store as a bbolt file in chunks of etcd's size, and its SHA-256 in a message of its own. The file is
 * complete before the first chunk is sent, so however slow the client is, it holds nothing but that file.
 */
final class SnapshotCall extends PumpedCall<SnapshotRequest> {
    static final int CHUNK_BYTES = 32 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCall.class);

    private final RpcContext context;
    private final TimeSource time;
    private final MessageDigest sha256 = Sha256.newDigest();

    /** Set before sending starts; owned by the pump from then on. */
    private @Nullable StoreSnapshot snapshot;

    private long begin;
    private long sent;

    SnapshotCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop, context.readers());
        this.context = context;
        this.time = context.parts().time();
    }

    @Override
    void handle(SnapshotRequest request) {
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
        begin = time.nanoTime();
        LOG.atInfo()
                .addKeyValue("total-bytes", made.sizeBytes())
                .addKeyValue("size", ByteSize.format(made.sizeBytes()))
                .addKeyValue("storage-version", made.storageVersion())
                .log("sending database snapshot to client");
        startSending();
    }

    @Override
    void sendNext() throws EtcdException, IOException {
        StoreSnapshot from = snapshot;
        if (from == null) {
            throw new IllegalStateException("nothing to send yet");
        }
        long rest = from.sizeBytes() - sent;
        if (rest == 0) {
            sendDigest(from);
            return;
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, rest)];
        ByteBuffer buffer = ByteBuffer.wrap(chunk);
        from.read(sent, buffer);
        if (buffer.hasRemaining()) {
            throw new IOException(
                    "a snapshot ends after " + (sent + buffer.position()) + " bytes instead of " + from.sizeBytes());
        }
        sha256.update(chunk);
        sent += chunk.length;
        write(message(from, UnsafeByteOperations.unsafeWrap(chunk)));
    }

    private void sendDigest(StoreSnapshot from) throws EtcdException {
        byte[] digest = sha256.digest();
        LOG.atInfo()
                .addKeyValue("total-bytes", from.sizeBytes())
                .addKeyValue("checksum-size", digest.length)
                .log("sending database sha256 checksum to client");
        write(message(from, UnsafeByteOperations.unsafeWrap(digest)));
        LOG.atInfo()
                .addKeyValue("total-bytes", from.sizeBytes())
                .addKeyValue("size", ByteSize.format(from.sizeBytes()))
                .addKeyValue("took", Duration.ofNanos(time.nanoTime() - begin))
                .addKeyValue("storage-version", from.storageVersion())
                .log("successfully sent database snapshot to client");
        finish();
    }

    private Outbound message(StoreSnapshot from, ByteString blob) {
        return Outbound.of(SnapshotResponse.newBuilder()
                .setRemainingBytes(from.sizeBytes() - sent)
                .setBlob(blob)
                .setVersion(from.storageVersion())
                .build());
    }

    @Override
    void release() {
        StoreSnapshot held = snapshot;
        snapshot = null;
        if (held != null) {
            context.parts().metrics().disk().snapshotEnded(time.nanoTime() - begin);
            held.close();
        }
    }
}
