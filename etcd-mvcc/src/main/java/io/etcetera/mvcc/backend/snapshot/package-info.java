/** Snapshots for clients: the store as of one commit as a bbolt file, handed over while it is made. */
@NullMarked
package io.etcetera.mvcc.backend.snapshot;

import org.jspecify.annotations.NullMarked;
