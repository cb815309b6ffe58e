package io.etcetera.daemon.testing;

import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.cluster.Node;
import java.time.Duration;
import java.util.List;

/** The loopback address, which nothing can be done to. */
final class LoopbackNetwork implements ProcessNetwork {
    private final FreePorts ports = new FreePorts();

    @Override
    public Site attach(String name) {
        return new Site("127.0.0.1", ports.next(), ports.next(), List.of());
    }

    @Override
    public boolean can(Trouble trouble) {
        return false;
    }

    @Override
    public void silence(Node from, Node to) {
        throw new UnsupportedOperationException("the loopback address cannot be cut");
    }

    @Override
    public void delay(Node from, Node to, Duration delay) {
        throw new UnsupportedOperationException("the loopback address cannot be slowed down");
    }

    @Override
    public void lose(Node from, Node to, double share) {
        throw new UnsupportedOperationException("the loopback address loses nothing");
    }

    @Override
    public void heal() {
        // Nothing can be wrong with it.
    }

    @Override
    public void close() {
        ports.close();
    }
}
