package io.etcetera.daemon.gateway;

/**
 * Where connections are passed on to.
 *
 * @param priority those with the lowest are taken first
 * @param weight share among those of one priority; 0 if it has none
 */
record Endpoint(String host, int port, int priority, int weight) {
    Endpoint(String host, int port) {
        this(host, port, 0, 0);
    }

    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
