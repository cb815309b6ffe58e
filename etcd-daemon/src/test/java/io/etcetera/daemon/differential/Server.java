package io.etcetera.daemon.differential;

/** One of the two servers of a pair. */
enum Server {
    STOCK,
    OURS
}
