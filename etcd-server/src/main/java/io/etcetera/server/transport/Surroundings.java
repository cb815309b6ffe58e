package io.etcetera.server.transport;

import io.etcetera.server.TimeSource;

/**
 * What all links of a member share.
 *
 * @param onRemoved called when a peer says that this member has been removed; on an event loop, perhaps several times
 */
public record Surroundings(
        Lines lines, Dialer dialer, PeerDirectory directory, Pace pace, TimeSource time, Runnable onRemoved) {

    /** What this member says of itself to a peer. */
    public Handshake handshake(long peerId) {
        return new Handshake(directory.clusterId(), directory.memberId(), peerId, directory.appliedIndex());
    }
}
