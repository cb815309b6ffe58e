package io.etcetera.server.testing.cluster;

/**
 * What a member's store comes to.
 *
 * @param revision the store's
 * @param hash over all it holds up to that revision
 */
public record StoreHash(long revision, int hash) {
    /** Of a member that did not answer. */
    static final StoreHash NONE = new StoreHash(-1, 0);
}
