package io.etcetera.server.rpc.call;

import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** One call that stays open. Everything but what subclasses say otherwise happens on the call's event loop. */
public abstract class StreamCall extends ServerCall.Listener<Object> implements OpenStreams.Stream {
    private final ServerCall<Object, Outbound> call;
    private final EventExecutor loop;
    private final OpenStreams streams;
    private @Nullable Access access;
    private boolean headersSent;
    private boolean ended;

    protected StreamCall(ServerCall<Object, Outbound> call, EventExecutor loop, OpenStreams streams) {
        this.call = call;
        this.loop = loop;
        this.streams = streams;
    }

    /** Says who acts for the caller; before anything else is called. */
    final void begin(Access access) {
        this.access = access;
    }

    /** The member, in the caller's name. */
    protected final Access access() {
        if (access == null) {
            throw new IllegalStateException("not begun");
        }
        return access;
    }

    /** Takes a request. */
    protected abstract void received(Object request);

    /** Lets go of what the stream holds. Called once. */
    protected abstract void release();

    @Override
    public final void onMessage(Object message) {
        if (ended) {
            return;
        }
        if (message instanceof Status refused) {
            end(refused);
            return;
        }
        try {
            received(message);
        } catch (RuntimeException e) {
            end(StatusTable.of(e, method()));
        }
    }

    @Override
    public final void onCancel() {
        finish();
    }

    @Override
    public final EventExecutor loop() {
        return loop;
    }

    @Override
    public final void end(Status status) {
        if (finish()) {
            call.close(status, new Metadata());
        }
    }

    protected final boolean isEnded() {
        return ended;
    }

    protected final boolean isReady() {
        return call.isReady();
    }

    protected final String method() {
        return call.getMethodDescriptor().getFullMethodName();
    }

    /** Asks for the next request. */
    protected final void requestNext() {
        if (!ended) {
            call.request(1);
        }
    }

    protected final void send(Outbound answer) {
        if (ended) {
            return;
        }
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(new Metadata());
        }
        call.sendMessage(answer);
    }

    private boolean finish() {
        if (ended) {
            return false;
        }
        ended = true;
        streams.ended(this);
        release();
        return true;
    }
}
