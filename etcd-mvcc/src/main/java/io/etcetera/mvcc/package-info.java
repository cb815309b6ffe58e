/**
 * A revisioned key-value store, as others know it: every write makes a new revision, reads may ask for any revision that has
 * not been compacted, and watches follow revisions as they are made. Records live in LMDB ({@code mvcc.backend}), the way from
 * a key to its revisions in memory ({@code mvcc.index}); {@code mvcc.revision} makes a store of both. Nothing here knows of Raft
 * or gRPC.
 */
@NullMarked
package io.etcetera.mvcc;

import org.jspecify.annotations.NullMarked;
