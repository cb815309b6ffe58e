package io.etcetera.server.transport;

/** A network that does what the test says. */
final class BrokenWire implements Wire {
    volatile Fate fate = Fate.DELIVERED;

    @Override
    public Fate fate(long peerId, Traffic traffic) {
        return fate;
    }
}
