package io.etcetera.server.transport.peer;

import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Wire;

/** A network that does what the test says. */
final class BrokenWire implements Wire {
    volatile Fate fate = Fate.DELIVERED;

    @Override
    public Fate fate(long peerId, Traffic traffic) {
        return fate;
    }
}
