package io.etcetera.server.rpc.call;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One call that is answered with many messages, which are made on a reader thread while gRPC has room for them. When it has
 * none the thread goes, and comes back when the client has caught up; {@link #pumping} sees to it that there is one at
 * most. What subclasses keep for the pump needs no other protection.
 */
public abstract class PumpedCall<Q> extends UnaryCall<Q> implements Runnable {
    private final Executor readers;
    private final AtomicBoolean pumping = new AtomicBoolean();
    /** Set before the first message; from then on others may start a pump. */
    private volatile boolean started;

    // Owned by the pump.
    private boolean headersSent;
    private boolean finished;
    private boolean released;

    protected PumpedCall(ServerCall<Object, Outbound> call, EventExecutor loop, Executor readers) {
        super(call, loop);
        this.readers = readers;
    }

    /** Pump: makes the next message and {@link #write}s it; {@link #finish}es the call after the last one. */
    protected abstract void sendNext() throws EtcdException, IOException;

    /** Pump: lets go of what the call holds; called once, when nothing more is sent. */
    protected void release() {}

    /** Sends what there is to send. Once; any thread. */
    protected final void startSending() {
        started = true;
        pump();
    }

    @Override
    public final void onReady() {
        if (started) {
            pump();
        }
    }

    @Override
    public void onCancel() {
        super.onCancel();
        if (started) {
            pump();
        }
    }

    private void pump() {
        if (!pumping.compareAndSet(false, true)) {
            return;
        }
        try {
            readers.execute(this);
        } catch (RejectedExecutionException e) {
            releaseOnce();
            closeLater(new EtcdException(EtcdError.STOPPED));
        }
    }

    @Override
    public final void run() {
        do {
            sendWhileReady();
            pumping.set(false);
            // What came up between the last look and the line above has found the pump at work.
        } while ((call().isReady() || isCancelled()) && !isOver() && pumping.compareAndSet(false, true));
    }

    /** A stale answer is harmless: the pump looks again. */
    private boolean isOver() {
        return released;
    }

    private void sendWhileReady() {
        try {
            while (!finished && !isCancelled() && call().isReady()) {
                sendNext();
            }
        } catch (EtcdException | IOException | RuntimeException e) {
            finished = true;
            closeWith(StatusTable.of(e, method()));
        }
        if (finished || isCancelled()) {
            releaseOnce();
        }
    }

    private void releaseOnce() {
        if (!released) {
            released = true;
            release();
        }
    }

    /** Pump: sends a message. Where there is room for it, the client has taken the one before. */
    protected final void write(Outbound message) throws EtcdException {
        if (!countUnread(message)) {
            throw new EtcdException(EtcdError.TOO_MANY_REQUESTS);
        }
        if (!headersSent) {
            headersSent = true;
            call().sendHeaders(new Metadata());
        }
        call().sendMessage(message);
    }

    /** Pump: ends the call after what has been written. */
    protected final void finish() {
        finished = true;
        closeWith(Status.OK);
    }
}
