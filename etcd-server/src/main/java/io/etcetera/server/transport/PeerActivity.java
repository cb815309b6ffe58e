package io.etcetera.server.transport;

import io.etcetera.server.TimeSource;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Since when a peer has answered without a break. Written on the peer's event loop, read by anyone. */
final class PeerActivity {
    private static final Logger LOG = LoggerFactory.getLogger(PeerActivity.class);

    private final long peerId;
    private final TimeSource time;
    private volatile OptionalLong since = OptionalLong.empty();

    PeerActivity(long peerId, TimeSource time) {
        this.peerId = peerId;
        this.time = time;
    }

    /** A reading of the member's monotonic clock; empty if the peer does not answer. */
    OptionalLong since() {
        return since;
    }

    void answered() {
        if (since.isEmpty()) {
            since = OptionalLong.of(time.nanoTime());
            LOG.atInfo().addKeyValue("peer-id", Long.toHexString(peerId)).log("peer became active");
        }
    }

    void lost(String reason) {
        if (since.isPresent()) {
            since = OptionalLong.empty();
            LOG.atWarn()
                    .addKeyValue("peer-id", Long.toHexString(peerId))
                    .addKeyValue("error", reason)
                    .log("peer became inactive (message send to peer failed)");
        }
    }
}
