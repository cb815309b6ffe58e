package io.etcetera.server;

/** A running member. */
public final class Etcd {
    private Etcd() {}
}
