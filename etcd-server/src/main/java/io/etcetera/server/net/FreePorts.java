package io.etcetera.server.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Free TCP ports of the loopback address, to be listened on again and again: for members in one process, who need to know
 * each other's ports before any of them listens. Each port is kept by a UDP socket of the same number, which others who look
 * for a port in this way meet; and they are taken from below those that the system gives to clients. Who looks in another way
 * can still take one: a start that finds its port in use is to be tried again with others. Thread-safe.
 */
public final class FreePorts implements AutoCloseable {
    /** Above those where etcd's own end-to-end suite has its members listen. */
    private static final int LOWEST = 20_200;

    private static final int COUNT = 12_000;
    private static final int MOST_ATTEMPTS = 1_000;

    private final Random random = new Random();
    private final InetAddress address = InetAddress.getLoopbackAddress();
    private final List<DatagramSocket> kept = new ArrayList<>();

    /**
     * A port that nobody listens on, and that is not given to anybody else until this is closed.
     *
     * @throws IllegalStateException if none is found
     */
    public synchronized int next() {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            int port = LOWEST + random.nextInt(COUNT);
            if (keep(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + (LOWEST + COUNT));
    }

    private boolean keep(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            kept.add(new DatagramSocket(new InetSocketAddress(address, probe.getLocalPort())));
            return true;
        } catch (IOException e) {
            return false; // somebody has it
        }
    }

    /** Gives all ports back. Idempotent. */
    @Override
    public synchronized void close() {
        kept.forEach(DatagramSocket::close);
        kept.clear();
    }
}
