package io.etcetera.server.transport.copy;

import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.proto.peer.CopyChunk;
import io.etcetera.proto.peer.CopyEnd;
import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyRequest;
import io.etcetera.proto.peer.CopyStart;
import io.etcetera.server.metrics.CopyMetrics;
import io.etcetera.server.transport.Doorkeeper;
import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.StateSource;
import io.etcetera.server.transport.Wire;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a peer the whole store. One thread of its own reads the copy and sends it, {@link #MAX_UNSENT_BYTES} and a chunk
 * ahead of what the connection takes; it is interrupted when the peer goes. The event loop does the rest. Since the store
 * cannot reuse pages meanwhile, a peer that takes nothing for {@link #PATIENCE_NANOS} is given up; it may come again.
 */
public final class CopyCall extends ServerCall.Listener<CopyRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(CopyCall.class);
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int MAX_UNSENT_BYTES = 1 << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ServerCall<CopyRequest, CopyPart> call;
    private final long to;
    private final Lines lines;
    private final StateSource source;
    private final Executor threads;
    private @Nullable CopyRequest request;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
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
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onCancel() {
        lock.lock();
        try {
            cancelled = true;
            if (sender != null) {
                sender.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(CopyRequest wanted) {
        if (!begin()) {
            return;
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
            end();
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            sender = Thread.currentThread();
            return !cancelled;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            sender = null;
            // Of no meaning to what this thread does next.
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Status status) {
        lock.lock();
        try {
            if (!cancelled) {
                call.close(status, Doorkeeper.noTrailers());
            }
        } finally {
            lock.unlock();
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
            CRC32C whole = new CRC32C();
            for (long position = 0; position < copy.length(); ) {
                // What the peer has already is read again: the checksum is that of all of it.
                long end = position < offset ? offset : copy.length();
                byte[] bytes = new byte[(int) Math.min(CHUNK_BYTES, end - position)];
                copy.read(ByteBuffer.wrap(bytes));
                whole.update(bytes);
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
            part(CopyPart.newBuilder().setEnd(CopyEnd.newBuilder().setCrc32C((int) whole.getValue())));
        }
    }

    private void part(CopyPart.Builder part) throws IOException, InterruptedException {
        awaitReady();
        Fate fate = lines.wire().fate(to, Wire.Traffic.COPY);
        if (fate instanceof Fate.Delayed delayed) {
            Thread.sleep(delayed.delay().toMillis());
        } else if (fate instanceof Fate.Cut) {
            throw new IOException("the connection is cut");
        } else if (fate instanceof Fate.Lost) {
            awaitCancellation();
        }
        CopyPart built = part.build();
        lines.metrics().traffic(to).sent(built.getSerializedSize());
        call.sendMessage(built);
    }

    private void awaitReady() throws IOException, InterruptedException {
        lock.lock();
        try {
            long rest = PATIENCE_NANOS;
            while (!cancelled && !call.isReady()) {
                if (rest <= 0) {
                    throw new IOException(
                            "the peer has taken nothing for " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s");
                }
                rest = changed.awaitNanos(rest);
            }
            if (cancelled) {
                throw new InterruptedException();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitCancellation() throws InterruptedException {
        lock.lock();
        try {
            while (!cancelled) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        throw new InterruptedException();
    }
}
