package io.etcetera.server.cluster.boot;

import java.io.IOException;
import java.util.List;

/** Looks up SRV records. Blocks. */
public interface SrvResolver {
    /**
     * The records of a name such as {@code _etcd-server._tcp.example.com}, by priority.
     *
     * @throws IOException in Go's words, if there are none or they cannot be had
     */
    List<SrvRecord> lookup(String name) throws IOException;

    /**
     * Where a service is.
     *
     * @param priority lower ones come first
     * @param weight share among those of one priority; 0 if it has none
     * @param target host name, without the dot at the end
     */
    record SrvRecord(int priority, int weight, int port, String target) {}
}
