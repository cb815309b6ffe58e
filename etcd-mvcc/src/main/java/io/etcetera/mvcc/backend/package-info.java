/**
 * Ordered buckets of byte strings on disk, whose writes readers see at once and which are committed in batches, each with the
 * consistent index: what the rest of the server knows of it. Opened by {@code store.LmdbStore}; the packages below this one are how it
 * is done.
 */
@NullMarked
package io.etcetera.mvcc.backend;

import org.jspecify.annotations.NullMarked;
