package io.etcetera.server.transport;

import io.etcetera.server.metrics.PeerMetrics;
import io.etcetera.server.net.EventLoops;

/** What all connections of a member share. */
public record Lines(EventLoops loops, Wire wire, PeerMetrics metrics) {}
