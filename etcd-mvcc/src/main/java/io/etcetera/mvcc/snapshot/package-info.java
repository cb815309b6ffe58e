/** Reads snapshots, etcd's and ours, and the stores of stopped Go members, where they are: what they hold, its hash, and a copy of it. */
@NullMarked
package io.etcetera.mvcc.snapshot;

import org.jspecify.annotations.NullMarked;
