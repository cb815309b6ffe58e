package io.etcetera.server.rpc.call;

import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call that has one request. The object is gRPC's listener, the callback of whatever the call waits for, and the
 * task that brings the answer back to the event loop, so that a call costs one object.
 *
 * <p>gRPC calls its methods on the call's event loop; an answer may come from any thread, and the first one counts.
 *
 * @param <Q> the request
 */
public abstract class UnaryCall<Q> extends ServerCall.Listener<Object> {
    private static final Status NO_REQUEST = Status.UNKNOWN.withDescription("EOF");
    public static final Status NO_STREAM_REQUEST = Status.INTERNAL.withDescription(
            "cardinality violation: received no request message from non-client-streaming RPC");
    private static final Status TWO_STREAM_REQUESTS = Status.INTERNAL.withDescription(
            "cardinality violation: received multiple request messages for non-client-streaming RPC");

    private static final Status TOO_MUCH_UNREAD = StatusTable.of(EtcdError.TOO_MANY_REQUESTS);
    private static final AtomicIntegerFieldUpdater<UnaryCall<?>> UNREAD = unread();

    private final ServerCall<Object, Outbound> call;
    private final EventExecutor loop;
    /** Bytes that count as not taken by the client yet. */
    private volatile int unread;

    private @Nullable Q request;
    private Function<? super Q, Permission> permission = request -> Permission.OPEN;
    private @Nullable Access access;
    private @Nullable SlowCalls slowCalls;
    private long begunNanos;
    private long waitedUntilNanos;
    private boolean closed;
    private volatile boolean cancelled;

    @SuppressWarnings("unchecked") // a class has no type arguments
    private static AtomicIntegerFieldUpdater<UnaryCall<?>> unread() {
        return AtomicIntegerFieldUpdater.newUpdater((Class<UnaryCall<?>>) (Class<?>) UnaryCall.class, "unread");
    }

    protected UnaryCall(ServerCall<Object, Outbound> call, EventExecutor loop) {
        this.call = call;
        this.loop = loop;
    }

    /** Says what the caller needs and acts for him; before anything else is called. */
    @SuppressWarnings("unchecked") // the rule is for the requests of the method that this is a call of
    final void begin(Access access, Function<?, Permission> permission, SlowCalls slow) {
        this.access = access;
        this.slowCalls = slow;
        this.permission = (Function<? super Q, Permission>) permission;
    }

    /** The member, in the caller's name. */
    protected final Access access() {
        if (access == null) {
            throw new IllegalStateException("not begun");
        }
        return access;
    }

    /** Checks what etcd checks before it looks at who is asking. On the event loop. */
    protected void validate(Q request) throws EtcdException {}

    /** Starts the work, for a caller that has been admitted. On the event loop; must not block. */
    protected abstract void handle(Q request) throws EtcdException;

    @Override
    @SuppressWarnings("unchecked") // the method's own marshaller made it
    public final void onMessage(Object message) {
        if (request != null) {
            surplus(message);
        } else if (message instanceof Status refused) {
            closeWith(refused);
        } else {
            request = (Q) message;
        }
    }

    /** As in etcd, one answer takes the first request and looks at no other; a stream of answers insists on one. */
    private void surplus(Object message) {
        if (!answersAreStreamed()) {
            call.request(1);
        } else {
            closeWith(message instanceof Status refused ? refused : TWO_STREAM_REQUESTS);
        }
    }

    private boolean answersAreStreamed() {
        return !call.getMethodDescriptor().getType().serverSendsOneMessage();
    }

    @Override
    public final void onHalfClose() {
        if (closed) {
            return;
        }
        if (request == null) {
            closeWith(answersAreStreamed() ? NO_STREAM_REQUEST : NO_REQUEST);
            return;
        }
        if (slowCalls != null) {
            begunNanos = slowCalls.nanoTime();
            waitedUntilNanos = begunNanos;
        }
        try {
            validate(request);
            Permission needed = permission.apply(request);
            if (!needed.isForTheDoor() || access().isOpen()) {
                handle(request);
            } else {
                Q admitted = request;
                access().admit(
                                needed,
                                Callbacks.of(
                                        caller -> EventLoops.runOn(loop, () -> handleAdmitted(admitted)),
                                        this::closeLater));
            }
        } catch (EtcdException | RuntimeException e) {
            closeWith(StatusTable.of(e, method()));
        }
    }

    private void handleAdmitted(Q admitted) {
        try {
            handle(admitted);
        } catch (EtcdException | RuntimeException e) {
            closeWith(StatusTable.of(e, method()));
        }
    }

    @Override
    public void onCancel() {
        cancelled = true;
        releaseUnread();
    }

    /** The client has been sent everything. */
    @Override
    public final void onComplete() {
        releaseUnread();
    }

    /**
     * Counts an answer until the client has taken it, instead of the one before, which it has taken. From the thread that owns the call
     * at this moment.
     *
     * @return whether it may be sent
     */
    final boolean countUnread(Outbound answer) {
        releaseUnread();
        UnreadAnswers.@Nullable Connection connection = call.getAttributes().get(UnreadAnswers.CONNECTION);
        if (connection == null || answer.size() < UnreadAnswers.SMALL_BYTES) {
            return true;
        }
        if (!connection.reserve(answer.size())) {
            return false;
        }
        unread = answer.size();
        if (cancelled) {
            releaseUnread();
        }
        return true;
    }

    private void releaseUnread() {
        if (unread == 0) {
            return;
        }
        int bytes = UNREAD.getAndSet(this, 0);
        UnreadAnswers.@Nullable Connection connection = call.getAttributes().get(UnreadAnswers.CONNECTION);
        if (connection != null) {
            connection.release(bytes);
        }
    }

    /** Whether nobody waits for the answer any more. Any thread. */
    protected final boolean isCancelled() {
        return cancelled;
    }

    public final EventExecutor loop() {
        return loop;
    }

    protected final ServerCall<Object, Outbound> call() {
        return call;
    }

    protected final String method() {
        return call.getMethodDescriptor().getFullMethodName();
    }

    /** Sends the answer from the calling thread, which owns the call at this moment. */
    protected final void send(Outbound answer) {
        if (closed || cancelled) {
            return;
        }
        if (!countUnread(answer)) {
            closeWith(TOO_MUCH_UNREAD);
            return;
        }
        closed = true;
        call.sendHeaders(new Metadata());
        call.sendMessage(answer);
        call.close(Status.OK, new Metadata());
        tellIfSlow(Optional.of(answer));
    }

    /** Ends the call from the calling thread, which owns it at this moment. */
    protected final void closeWith(Status status) {
        if (closed || cancelled) {
            return;
        }
        closed = true;
        call.close(status, new Metadata());
        tellIfSlow(Optional.empty());
    }

    private void tellIfSlow(Optional<Outbound> answer) {
        if (slowCalls != null && request != null && !answersAreStreamed()) {
            slowCalls.ended(call, request, answer, begunNanos, waitedUntilNanos);
        }
    }

    /** What the call had to wait for had come by then, a reading of the member's monotonic clock. On the thread that answers. */
    protected final void waitedUntil(long nanos) {
        waitedUntilNanos = nanos;
    }

    /** Answers on the event loop, from any thread. What goes wrong while the answer is made becomes the answer. */
    protected final void sendLater(Supplier<Outbound> answer) {
        EventLoops.runOn(loop, () -> {
            try {
                send(answer.get());
            } catch (RuntimeException e) {
                closeWith(StatusTable.of(e, method()));
            }
        });
    }

    /** Ends the call with an error. Any thread. */
    protected final void closeLater(Throwable cause) {
        Status status = StatusTable.of(cause, method());
        EventLoops.runOn(loop, () -> closeWith(status));
    }
}
