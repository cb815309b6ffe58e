package io.etcetera.server.transport;

import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.mvcc.Sha256;
import io.etcetera.proto.peer.CopyChunk;
import io.etcetera.proto.peer.CopyEnd;
import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyRequest;
import io.etcetera.proto.peer.CopyStart;
import io.etcetera.server.metrics.CopyMetrics;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a peer the whole store. One thread of its own reads the copy and sends it, a few chunks ahead of what the peer has
 * taken; it is interrupted when the peer goes. The event loop does the rest.
 */
public final class CopyCall extends ServerCall.Listener<CopyRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(CopyCall.class);
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int MAX_UNSENT_BYTES = 1 << 20;

    private final ServerCall<CopyRequest, CopyPart> call;
    private final long to;
    private final Lines lines;
    private final StateSource source;
    private final Executor threads;
    private @Nullable CopyRequest request;

    private final Object lock = new Object();
    private boolean cancelled;
    private @Nullable Thread sender;

    public CopyCall(
            ServerCall<CopyRequest, CopyPart> call, long to, Lines lines, StateSource source, Executor threads) {
        this.call = call;
        this.to = to;
        this.lines = lines;
        this.source = source;
        this.threads = threads;
    }

    public CopyCall open() {
        call.setOnReadyThreshold(MAX_UNSENT_BYTES);
        call.request(1);
        return this;
    }

    @Override
    public void onMessage(CopyRequest message) {
        request = message;
    }

    @Override
    public void onHalfClose() {
        CopyRequest wanted = request;
        if (wanted == null) {
            call.close(Status.INTERNAL.withDescription("a request is missing"), Doorkeeper.noTrailers());
            return;
        }
        try {
            threads.execute(() -> run(wanted));
        } catch (RejectedExecutionException e) {
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription("other members are being sent the store"),
                    Doorkeeper.noTrailers());
        }
    }

    @Override
    public void onReady() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    @Override
    public void onCancel() {
        synchronized (lock) {
            cancelled = true;
            if (sender != null) {
                sender.interrupt();
            }
        }
    }

    private void run(CopyRequest wanted) {
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            sender = Thread.currentThread();
        }
        try (CopyMetrics.Transfer transfer = lines.metrics().copies().sending(to)) {
            call.sendHeaders(Doorkeeper.noTrailers());
            send(wanted);
            transfer.completed();
            call.close(Status.OK, Doorkeeper.noTrailers());
        } catch (InterruptedException e) {
            fail(Status.UNAVAILABLE.withDescription("the copy is not sent any further"));
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("remote-peer-id", Long.toHexString(to))
                    .setCause(e)
                    .log("failed to send a copy of the store");
            fail(Status.ABORTED.withDescription(String.valueOf(e.getMessage())));
        } finally {
            synchronized (lock) {
                sender = null;
                // Of no meaning to what this thread does next.
                Thread.interrupted();
            }
        }
    }

    private void fail(Status status) {
        synchronized (lock) {
            if (!cancelled) {
                call.close(status, Doorkeeper.noTrailers());
            }
        }
    }

    private void send(CopyRequest wanted) throws IOException, InterruptedException {
        try (StateSource.Copy copy = source.open(wanted.getIndex(), wanted.getCopyId())) {
            boolean same = copy.id().equals(wanted.getCopyId());
            long offset = same ? Math.max(0, Math.min(wanted.getOffset(), copy.length())) : 0;
            part(CopyPart.newBuilder()
                    .setStart(CopyStart.newBuilder()
                            .setCopyId(copy.id())
                            .setLength(copy.length())
                            .setOffset(offset)));
            MessageDigest digest = Sha256.newDigest();
            for (long position = 0; position < copy.length(); ) {
                // What the peer has already is read again: the digest is that of all of it.
                long end = position < offset ? offset : copy.length();
                byte[] bytes = new byte[(int) Math.min(CHUNK_BYTES, end - position)];
                copy.read(position, ByteBuffer.wrap(bytes));
                digest.update(bytes);
                if (position >= offset) {
                    part(CopyPart.newBuilder()
                            .setChunk(CopyChunk.newBuilder()
                                    .setData(UnsafeByteOperations.unsafeWrap(bytes))
                                    .setCrc32C(CopyChecks.crc32c(ByteBuffer.wrap(bytes)))));
                } else if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                position += bytes.length;
            }
            part(CopyPart.newBuilder()
                    .setEnd(CopyEnd.newBuilder().setSha256(UnsafeByteOperations.unsafeWrap(digest.digest()))));
        }
    }

    private void part(CopyPart.Builder part) throws IOException, InterruptedException {
        synchronized (lock) {
            while (!cancelled && !call.isReady()) {
                lock.wait();
            }
            if (cancelled) {
                throw new InterruptedException();
            }
        }
        Fate fate = lines.wire().fate(to, Wire.Traffic.COPY);
        if (fate instanceof Fate.Delayed delayed) {
            Thread.sleep(delayed.delay().toMillis());
        } else if (fate instanceof Fate.Cut) {
            throw new IOException("the connection is cut");
        } else if (fate instanceof Fate.Lost) {
            synchronized (lock) {
                while (!cancelled) {
                    lock.wait();
                }
            }
            throw new InterruptedException();
        }
        CopyPart built = part.build();
        lines.metrics().traffic(to).sent(built.getSerializedSize());
        call.sendMessage(built);
    }
}
