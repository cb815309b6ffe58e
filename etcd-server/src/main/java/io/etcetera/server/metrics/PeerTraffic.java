package io.etcetera.server.metrics;

import java.util.function.Supplier;

/**
 * What goes between this member and one other. Thread-safe. Bytes are shown from the beginning on; the rest, which is rare,
 * from its first time on, as in etcd.
 */
public final class PeerTraffic {
    private final Counter sentBytes;
    private final Counter receivedBytes;
    private final Supplier<Counter> sendFailures;
    private final Supplier<Counter> receiveFailures;
    private final Supplier<Histogram> roundTrips;

    PeerTraffic(
            Counter sentBytes,
            Counter receivedBytes,
            Supplier<Counter> sendFailures,
            Supplier<Counter> receiveFailures,
            Supplier<Histogram> roundTrips) {
        this.sentBytes = sentBytes;
        this.receivedBytes = receivedBytes;
        this.sendFailures = sendFailures;
        this.receiveFailures = receiveFailures;
        this.roundTrips = roundTrips;
    }

    public void sent(long bytes) {
        sentBytes.add(bytes);
    }

    public void received(long bytes) {
        receivedBytes.add(bytes);
    }

    /** A message has not reached the peer, or nothing is known of it. */
    public void sendFailed() {
        sendFailures.get().increment();
    }

    /** What the peer was sending has broken off. */
    public void receiveFailed() {
        receiveFailures.get().increment();
    }

    /** The peer has answered a ping. */
    public void roundTrip(long nanos) {
        roundTrips.get().observe(nanos);
    }
}
