package io.etcetera.server.testing.cluster;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Free TCP ports of the loopback address, to be listened on again and again. Each is kept by a UDP socket of the same number,
 * which other tests meet that look for a port; and they are taken from below those that the system gives to clients.
 */
public final class Ports implements AutoCloseable {
    private static final int LOWEST = 12_000;
    private static final int COUNT = 18_000;
    private static final int MOST_ATTEMPTS = 1_000;

    private final Random random = new Random();
    private final InetAddress address = InetAddress.getLoopbackAddress();
    private final List<DatagramSocket> kept = new ArrayList<>();

    public synchronized int next() {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            int port = LOWEST + random.nextInt(COUNT);
            if (keep(port)) {
                return port;
            }
        }
        throw new AssertionError("no free port");
    }

    private boolean keep(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            kept.add(new DatagramSocket(new InetSocketAddress(address, probe.getLocalPort())));
            return true;
        } catch (IOException e) {
            return false; // somebody has it
        }
    }

    @Override
    public synchronized void close() {
        kept.forEach(DatagramSocket::close);
    }
}
