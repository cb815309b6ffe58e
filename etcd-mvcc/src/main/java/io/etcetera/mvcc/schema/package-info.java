/** Bucket names and the encoding of every key and value on disk, all in one place. They are those of etcd, so that a copy of the buckets is a migration. */
@NullMarked
package io.etcetera.mvcc.schema;

import org.jspecify.annotations.NullMarked;
