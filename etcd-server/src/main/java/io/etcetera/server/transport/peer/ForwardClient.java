package io.etcetera.server.transport.peer;

import io.etcetera.server.net.EventLoops;
import io.etcetera.server.propose.RefusalListener;
import io.etcetera.server.transport.Wire;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries on their way to one peer, which is taken for the leader. They wait here as long as the connection is busy, up to
 * a limit; when it breaks, they are dropped. Everything is on the peer's event loop but {@link #forward}.
 */
final class ForwardClient implements Link.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardClient.class);
    private static final long MAX_WAITING_BYTES = 64L << 20;

    private final Route route;
    private final Link link;
    private final PeerActivity activity;
    private final RefusalListener refusals;
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private final AtomicLong waitingBytes = new AtomicLong();

    ForwardClient(Route route, PeerActivity activity, RefusalListener refusals) {
        this.route = route;
        this.link = new Link(route, Frame.FORWARD, Wire.Traffic.FORWARD, false, this);
        this.activity = activity;
        this.refusals = refusals;
    }

    Link link() {
        return link;
    }

    /** False if the peer cannot be reached now, or too much waits. Any thread. */
    boolean forward(long requestId, byte[] entry) {
        if (activity.since().isEmpty() || link.isResting()) {
            return false;
        }
        long before = waitingBytes.getAndAdd(entry.length);
        if (before > 0 && before + entry.length > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-entry.length);
            return false;
        }
        EventLoops.executeOn(route.loop(), () -> enqueue(new Frame(requestId, entry)));
        return true;
    }

    private void enqueue(Frame entry) {
        if (link.open()) {
            waiting.add(entry);
            ready();
        } else {
            waitingBytes.addAndGet(-entry.data().length);
        }
    }

    @Override
    public void ready() {
        while (!waiting.isEmpty() && link.isReady()) {
            Frame next = waiting.remove();
            waitingBytes.addAndGet(-next.data().length);
            link.send(next);
        }
    }

    @Override
    public void received(Frame frame) {
        if (frame.isPing()) {
            return;
        }
        try {
            refusals.refused(frame.id(), RefusalCodec.decode(frame.data()));
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "member {} answers in a way that is not known: {}",
                    Long.toHexString(route.peerId()),
                    e.getMessage());
        }
    }

    @Override
    public void broken(String reason) {
        waiting.forEach(entry -> waitingBytes.addAndGet(-entry.data().length));
        waiting.clear();
    }
}
