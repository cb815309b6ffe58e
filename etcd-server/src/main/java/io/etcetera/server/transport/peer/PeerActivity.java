package io.etcetera.server.transport.peer;

import io.etcetera.server.transport.Surroundings;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Since when a peer has answered without a break. Written on the peer's event loop, read by anyone. */
final class PeerActivity {
    private static final Logger LOG = LoggerFactory.getLogger(PeerActivity.class);

    private final long peerId;
    private final Surroundings surroundings;
    private volatile OptionalLong since = OptionalLong.empty();

    PeerActivity(long peerId, Surroundings surroundings) {
        this.peerId = peerId;
        this.surroundings = surroundings;
    }

    /** A reading of the member's monotonic clock; empty if the peer does not answer. */
    OptionalLong since() {
        return since;
    }

    void answered() {
        if (since.isEmpty()) {
            since = OptionalLong.of(surroundings.time().nanoTime());
            surroundings.lines().metrics().activated(surroundings.directory().memberId(), peerId);
            LOG.atInfo().addKeyValue("peer-id", Long.toHexString(peerId)).log("peer became active");
        }
    }

    void lost(String reason) {
        if (since.isPresent()) {
            since = OptionalLong.empty();
            surroundings.lines().metrics().deactivated(surroundings.directory().memberId(), peerId);
            LOG.atWarn()
                    .addKeyValue("peer-id", Long.toHexString(peerId))
                    .addKeyValue("error", reason)
                    .log("peer became inactive (message send to peer failed)");
        }
    }
}
