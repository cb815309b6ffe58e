/**
 * The store itself: an index in memory over the records of a backend, read and written by revision, compacted and hashed. Opened by
 * {@link io.etcetera.mvcc.revision.ReplaceableStore#open}; what others know of it is {@link io.etcetera.mvcc.KvStore}.
 */
@NullMarked
package io.etcetera.mvcc.revision;

import org.jspecify.annotations.NullMarked;
