package io.etcetera.server;

import io.etcetera.server.transport.Wire;

/** A door for the cluster-test kit, which lives elsewhere, to what is not meant for users. */
public final class BreakableEtcd {
    private BreakableEtcd() {}

    /** Starts a member on a network and a clock that can be tampered with. */
    public static Etcd start(EtcdConfig config, EtcdListener listener, Wire wire, TimeSource time)
            throws EtcdStartException {
        return Etcd.start(config, listener, wire, time);
    }

    /** Ends a member without handing anything over to others. */
    public static void kill(Etcd etcd) {
        etcd.kill();
    }
}
