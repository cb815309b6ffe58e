package io.etcetera.server.transport;

import io.etcetera.server.metrics.PeerMetrics;
import io.etcetera.server.net.EventLoops;

/** What all connections of a member share. */
public record Lines(EventLoops loops, Wire wire, PeerMetrics metrics) {
    /** Whether what is sent to a peer now would arrive, sooner or later. */
    public boolean reach(long peerId, Wire.Traffic traffic) {
        Fate fate = wire.fate(peerId, traffic);
        return fate instanceof Fate.Delivered || fate instanceof Fate.Delayed;
    }
}
