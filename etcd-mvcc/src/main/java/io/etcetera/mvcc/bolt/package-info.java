/**
 * Reads and writes files of bbolt, the store of etcd written in Go, so that snapshots and data directories travel between
 * the two. It knows pages, buckets, keys and values; what etcd keeps in them is not its business.
 */
@NullMarked
package io.etcetera.mvcc.bolt;

import org.jspecify.annotations.NullMarked;
