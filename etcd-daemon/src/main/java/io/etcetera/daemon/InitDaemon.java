package io.etcetera.daemon;

import io.etcetera.server.net.UnixDatagram;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who started this process and may want to know when it serves: systemd, which names a socket for that to units of {@code
 * Type=notify}.
 *
 * @param socket a path, or {@code @} and the name of an abstract socket; empty if nobody wants to know
 */
record InitDaemon(String socket) {
    private static final Logger LOG = LoggerFactory.getLogger(InitDaemon.class);

    /** The one that this environment speaks of. */
    static InitDaemon in(Map<String, String> environment) {
        return new InitDaemon(environment.getOrDefault("NOTIFY_SOCKET", ""));
    }

    /** Tells it that the member serves. A failure is logged, in etcd's words; the member serves all the same. */
    void notifyReady() {
        LOG.info("notifying init daemon");
        if (!socket.isEmpty()) {
            try {
                UnixDatagram.send(socket, "READY=1");
            } catch (IOException e) {
                LOG.atError().addKeyValue("error", e.getMessage()).log("failed to notify systemd for readiness");
                return;
            }
        }
        LOG.info("successfully notified init daemon");
    }
}
