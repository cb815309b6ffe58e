package io.etcetera.daemon.testing;

import io.etcetera.server.testing.cluster.Network;
import java.util.List;

/** A network that processes can be attached to. */
interface ProcessNetwork extends Network, AutoCloseable {

    /**
     * Where a member runs.
     *
     * @param host its address
     * @param launcher words to be put before the command that runs there
     */
    record Site(String host, int clientPort, int peerPort, List<String> launcher) {
        String clientUrl() {
            return "http://" + host + ":" + clientPort;
        }

        String peerUrl() {
            return "http://" + host + ":" + peerPort;
        }
    }

    /** A place for one more member. */
    Site attach(String name);

    @Override
    void close();
}
