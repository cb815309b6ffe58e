package io.etcetera.server.cluster;

import java.util.OptionalLong;

/** How well other members can be reached. Thread-safe. */
public interface Connections {
    /** For a member without peers. */
    Connections NONE = memberId -> OptionalLong.empty();

    /**
     * Since when a member has answered without a break.
     *
     * @return a reading of the member's own monotonic clock in nanoseconds; empty if the member does not answer now
     */
    OptionalLong activeSince(long memberId);
}
