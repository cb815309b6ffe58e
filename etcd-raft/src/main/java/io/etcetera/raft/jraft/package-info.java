/**
 * The Raft engine behind {@link io.etcetera.raft.RaftNode}: SOFAJRaft, with its log, hard state and snapshots replaced by
 * {@link io.etcetera.raft.wal}. This is the only package that knows the engine, and every workaround for it lives here.
 */
@NullMarked
package io.etcetera.raft.jraft;

import org.jspecify.annotations.NullMarked;
