package io.etcetera.server.transport.peer;

/** Told whether the other end of a link answers. On the peer's event loop; often, so cheap. */
interface Liveness {
    Liveness IGNORED = new Liveness() {
        @Override
        public void answered() {}

        @Override
        public void lost(String reason) {}
    };

    void answered();

    void lost(String reason);
}
