package io.etcetera.server.transport.peer;

import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.propose.RefusalListener;
import io.etcetera.server.transport.Surroundings;
import io.etcetera.server.transport.Wire;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;

/**
 * Another member, as this one reaches it: three links with a connection each, so that neither a megabyte of entries nor a
 * burst of forwarded ones holds up a heartbeat. The urgent one is always kept open, and tells whether the peer is there.
 */
final class RemotePeer {
    private static final long MAX_APPEND_BYTES = 64L << 20;
    private static final long MAX_CONTROL_BYTES = 16L << 20;
    /** An answer to the offer of a full copy comes when the copy is in place. */
    private static final long MAX_CONTROL_TICKS = 40_000;

    private final EventLoop loop;
    private final Route route;
    private final PeerActivity activity;
    private final LaneClient append;
    private final LaneClient control;
    private final ForwardClient forwards;

    RemotePeer(long peerId, EventLoop loop, Surroundings surroundings, RefusalListener refusals) {
        this.loop = loop;
        this.activity = new PeerActivity(peerId, surroundings);
        this.route = new Route(peerId, loop, surroundings);
        this.append = new LaneClient(
                route,
                Frame.APPEND,
                Wire.Traffic.APPEND,
                false,
                new LaneClient.Limits(MAX_APPEND_BYTES, surroundings.pace().appendTicks()),
                Liveness.IGNORED);
        this.control = new LaneClient(
                route,
                Frame.CONTROL,
                Wire.Traffic.CONTROL,
                true,
                new LaneClient.Limits(MAX_CONTROL_BYTES, MAX_CONTROL_TICKS),
                new Pulse());
        this.forwards = new ForwardClient(route, activity, refusals);
    }

    /** What the urgent link hears goes for all of them. */
    private final class Pulse implements Liveness {
        @Override
        public void answered() {
            if (activity.since().isEmpty()) {
                append.link().nudge();
                forwards.link().nudge();
            }
            activity.answered();
        }

        @Override
        public void lost(String reason) {
            activity.lost(reason);
            append.link().abandon(reason);
            forwards.link().abandon(reason);
        }
    }

    /** Any thread. */
    void send(Lane lane, byte[] message, PeerAnswer answer) {
        switch (lane) {
            case APPEND -> append.send(message, answer);
            case CONTROL -> control.send(message, answer);
        }
    }

    /** Any thread. */
    boolean forward(long requestId, byte[] entry) {
        return forwards.forward(requestId, entry);
    }

    /** Any thread. Answers NO_LEADER if the peer cannot be reached. */
    <Q, A> void ask(MethodDescriptor<Q, A> method, Q request, Duration timeout, ResultCallback<A> callback) {
        try {
            loop.execute(() -> {
                Channel channel = control.link().channel();
                if (channel == null || !isReachable(Wire.Traffic.CALL)) {
                    callback.failed(new EtcdException(EtcdError.NO_LEADER));
                } else {
                    PeerRequest.send(channel, method, route.handshake(), request, timeout, callback);
                }
            });
        } catch (RejectedExecutionException e) {
            callback.failed(new EtcdException(EtcdError.STOPPED));
        }
    }

    private boolean isReachable(Wire.Traffic traffic) {
        return activity.since().isPresent() && route.reaches(traffic);
    }

    /** The peer has shown itself: no need to wait before the next attempt to reach it. Any thread. */
    void nudge() {
        EventLoops.executeOn(loop, () -> {
            control.link().nudge();
            append.link().nudge();
            forwards.link().nudge();
        });
    }

    /** Any thread. */
    OptionalLong activeSince() {
        return activity.since();
    }

    /** Any thread. */
    void tick() {
        EventLoops.executeOn(loop, () -> {
            control.tick();
            append.tick();
            forwards.link().tick();
        });
    }

    /** Any thread. */
    void close() {
        EventLoops.executeOn(loop, () -> {
            control.link().close();
            append.link().close();
            forwards.link().close();
        });
    }
}
