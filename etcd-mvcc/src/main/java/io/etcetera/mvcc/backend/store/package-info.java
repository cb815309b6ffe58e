/**
 * The store itself, on LMDB: entries and their batches, the thread that commits them, images for other members, and the moment at
 * which another member's store takes its place.
 */
@NullMarked
package io.etcetera.mvcc.backend.store;

import org.jspecify.annotations.NullMarked;
