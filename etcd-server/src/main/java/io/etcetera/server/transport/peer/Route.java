package io.etcetera.server.transport.peer;

import io.etcetera.server.metrics.PeerTraffic;
import io.etcetera.server.transport.Handshake;
import io.etcetera.server.transport.Pace;
import io.etcetera.server.transport.Refusal;
import io.etcetera.server.transport.Surroundings;
import io.etcetera.server.transport.Wire;
import io.grpc.ManagedChannel;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one peer: where it is, as far as is known, and what was heard on the way. On the peer's event loop.
 */
final class Route {
    private static final Logger LOG = LoggerFactory.getLogger(Route.class);

    private final long peerId;
    private final EventLoop loop;
    private final Surroundings surroundings;
    private final PeerTraffic metrics;
    private List<String> urls = List.of();
    private String lastGood = "";
    private @Nullable Refusal lastRefusal;

    Route(long peerId, EventLoop loop, Surroundings surroundings) {
        this.peerId = peerId;
        this.loop = loop;
        this.surroundings = surroundings;
        this.metrics = surroundings.lines().metrics().traffic(peerId);
    }

    long peerId() {
        return peerId;
    }

    EventLoop loop() {
        return loop;
    }

    Wire wire() {
        return surroundings.lines().wire();
    }

    /** Whether what is sent now would arrive, sooner or later. */
    boolean reaches(Wire.Traffic traffic) {
        return surroundings.lines().reach(peerId, traffic);
    }

    Pace pace() {
        return surroundings.pace();
    }

    PeerTraffic metrics() {
        return metrics;
    }

    /** Of the member's monotonic clock. */
    long nanoTime() {
        return surroundings.time().nanoTime();
    }

    /** Where the peer is now. Of one that has just been removed, where it was: the log may still need its vote. */
    List<String> urls() {
        List<String> known = surroundings.directory().peerUrls(peerId);
        if (!known.isEmpty()) {
            urls = known;
        }
        return urls;
    }

    /** The address for an attempt: the one that was good last, then the others in turn. Empty if none is known. */
    Optional<String> url(int attempt) {
        List<String> known = urls();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        int first = Math.max(0, known.indexOf(lastGood));
        return Optional.of(known.get(Math.floorMod(first + attempt, known.size())));
    }

    /** @throws IllegalArgumentException if the URL cannot be dialled */
    ManagedChannel dial(String url) {
        return surroundings.dialer().dial(url, loop);
    }

    Handshake handshake() {
        return surroundings.handshake(peerId);
    }

    /** The peer has answered. */
    void welcomed(String url) {
        lastGood = url;
        lastRefusal = null;
    }

    /** The peer will not speak with this member. Said once, however often it happens. */
    void refused(Refusal refusal, String url) {
        if (refusal == lastRefusal) {
            return;
        }
        lastRefusal = refusal;
        if (refusal != Refusal.STARTING) {
            LOG.atWarn()
                    .addKeyValue("remote-peer-id", Long.toHexString(peerId))
                    .addKeyValue("remote-peer-url", url)
                    .addKeyValue("error", refusal.text())
                    .log("a peer refuses this member");
        }
        if (refusal == Refusal.REMOVED_SENDER) {
            surroundings.onRemoved().run();
        }
    }
}
