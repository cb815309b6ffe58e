package io.etcetera.server.transport.peer;

import io.etcetera.server.net.EventLoops;
import io.etcetera.server.transport.Pace;
import io.etcetera.server.transport.Refusal;
import io.etcetera.server.transport.Wire;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of frames to a peer, on a connection of its own, made anew whenever it breaks. On the peer's event loop.
 *
 * <pre>
 *   IDLE --open()--> OPEN --breaks--> RESTING --backoff is over--> IDLE, or OPEN if it is kept open
 *   any --close()--> CLOSED
 * </pre>
 *
 * <p>While open, it pings. When nothing has come back for some ticks, it is taken for broken. Ticks are counted, not time:
 * if this process itself was held up, nothing follows from what it did not hear meanwhile.
 */
final class Link {
    private static final int READ_AHEAD = 16;

    private final Route route;
    private final MethodDescriptor<Frame, Frame> method;
    private final Wire.Traffic traffic;
    private final boolean isPulse;
    private final Owner owner;
    private final Backoff backoff;

    /** Read by other threads, too. */
    private volatile State state = State.IDLE;

    private int attempts;
    private @Nullable Stream stream;

    private enum State {
        IDLE,
        OPEN,
        RESTING,
        CLOSED
    }

    /** Whose frames these are. Called on the event loop. */
    interface Owner {
        /** A frame has come back: an answer, or that to a ping. */
        void received(Frame frame);

        /** The stream takes frames without piling them up. */
        default void ready() {}

        /** The stream has broken. What was sent on it and not answered may have arrived or not. */
        void broken(String reason);
    }

    Link(Route route, MethodDescriptor<Frame, Frame> method, Wire.Traffic traffic, boolean isPulse, Owner owner) {
        this.route = route;
        this.method = method;
        this.traffic = traffic;
        this.isPulse = isPulse;
        this.owner = owner;
        this.backoff = new Backoff(route.pace().maxBackoffMillis());
    }

    /** Whether frames can be sent; begins to connect if there has been no reason to yet. */
    boolean open() {
        if (state == State.IDLE) {
            connect();
        }
        return state == State.OPEN;
    }

    /** Whether it broke a moment ago. Any thread. */
    boolean isResting() {
        return state == State.RESTING || state == State.CLOSED;
    }

    /** The connection, for other calls to the same peer; null while there is none. */
    @Nullable
    ManagedChannel channel() {
        return stream == null ? null : stream.channel;
    }

    /** Sends a frame; only when open. */
    void send(Frame frame) {
        if (stream != null) {
            stream.sender.send(frame);
        }
    }

    /** Whether a frame would go out without waiting behind others. */
    boolean isReady() {
        return stream != null && stream.call.isReady();
    }

    /** To be called at the pace of {@link Pace#tickMillis}. */
    void tick() {
        if (isPulse) {
            open();
        }
        Stream current = stream;
        if (current == null) {
            return;
        }
        if (!route.urls().contains(current.url)) {
            backoff.reset();
            breakUp(current, "the peer is not at " + current.url + " any more");
        } else if (++current.silentTicks
                > (isPulse ? route.pace().silentTicks() : route.pace().silentBulkTicks())) {
            breakUp(current, "the peer does not answer");
        } else {
            current.ping();
        }
    }

    private void connect() {
        String url = route.url(attempts).orElse("");
        if (url.isEmpty()) {
            rest("the peer's address is not known");
        } else if (!route.reaches(Wire.Traffic.CONNECTION)) {
            rest("the connection is cut");
        } else {
            connect(url);
        }
    }

    private void connect(String url) {
        ManagedChannel channel;
        try {
            channel = route.dial(url);
        } catch (IllegalArgumentException e) {
            rest(String.valueOf(e.getMessage()));
            return;
        }
        Stream opened = new Stream(url, channel);
        stream = opened;
        state = State.OPEN;
        opened.start();
    }

    /** Gives the connection up, if there is one. */
    void abandon(String reason) {
        if (stream != null) {
            breakUp(stream, reason);
        }
    }

    private void breakUp(Stream broken, String reason) {
        if (stream != broken) {
            return; // the last words of one that has been given up
        }
        stream = null;
        broken.channel.shutdownNow();
        rest(reason);
    }

    private void rest(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.RESTING;
        attempts++; // the next address, if there are several
        var unused = route.loop().schedule(this::rested, backoff.nextMillis(), TimeUnit.MILLISECONDS);
        owner.broken(reason);
    }

    /** There is a reason to think that the next attempt goes better. */
    void nudge() {
        if (state == State.RESTING) {
            backoff.reset();
            rested();
        }
    }

    private void rested() {
        if (state == State.RESTING) {
            state = State.IDLE;
            if (isPulse) {
                connect();
            }
        }
    }

    void close() {
        Stream last = stream;
        state = State.CLOSED;
        stream = null;
        if (last != null) {
            last.channel.shutdownNow();
            owner.broken("the member has closed");
        }
    }

    private void heard(Stream from, Frame frame) {
        if (stream != from) {
            return;
        }
        from.received(frame);
        attempts = 0;
        backoff.reset();
        route.welcomed(from.url);
        owner.received(frame);
    }

    private void ended(Stream from, Status status, Metadata trailers) {
        Refusal refusal = Refusal.of(trailers);
        if (refusal != null && stream == from) {
            if (refusal != Refusal.STARTING) {
                backoff.exhaust();
            }
            route.refused(refusal, from.url);
        }
        Throwable cause = status.getCause();
        breakUp(from, status.getDescription() + (cause == null ? "" : ": " + cause.getMessage()));
    }

    /** One connection's life. */
    private final class Stream extends ClientCall.Listener<Frame> {
        private final String url;
        private final ManagedChannel channel;
        private final ClientCall<Frame, Frame> call;
        private final FrameSender sender;
        private final PingTimer pings = new PingTimer();
        private int silentTicks;

        Stream(String url, ManagedChannel channel) {
            this.url = url;
            this.channel = channel;
            this.call = channel.newCall(method, CallOptions.DEFAULT);
            this.sender = new FrameSender(
                    route.wire(),
                    route.peerId(),
                    traffic,
                    route.loop(),
                    this::sendNow,
                    () -> breakUp(this, "the connection is cut"));
        }

        void start() {
            call.start(this, route.handshake().toMetadata());
            call.request(READ_AHEAD);
            ping();
        }

        private void sendNow(Frame frame) {
            route.metrics().sent(frame.wireBytes());
            call.sendMessage(frame);
        }

        void ping() {
            pings.sent(route.nanoTime());
            sender.send(Frame.PING);
        }

        void received(Frame frame) {
            silentTicks = 0;
            route.metrics().received(frame.wireBytes());
            if (frame.isPing()) {
                OptionalLong roundTrip = pings.answered(route.nanoTime());
                if (isPulse && roundTrip.isPresent()) {
                    route.metrics().roundTrip(roundTrip.getAsLong());
                }
            }
        }

        // gRPC tells of some failures on the thread that looks up names.

        @Override
        public void onMessage(Frame frame) {
            EventLoops.runOn(route.loop(), () -> {
                heard(this, frame);
                call.request(1);
            });
        }

        @Override
        public void onReady() {
            EventLoops.runOn(route.loop(), owner::ready);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            EventLoops.runOn(route.loop(), () -> ended(this, status, trailers));
        }
    }
}
