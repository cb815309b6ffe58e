/**
 * The segmented write-ahead log, and the two small files beside it: the hard state and the snapshot mark. It stores
 * numbered entries of opaque bytes and promises one thing: what was acknowledged is read back unchanged, or the log
 * refuses to open and says why. One directory holds the segments ({@code *.wal}), a segment prepared ahead
 * ({@code spare.next}), the number of the newest segment ({@code newest-segment}), {@code hardstate}, {@code snapshot} and
 * {@code lock}; what ends in {@code .tmp} is unfinished and worth nothing. The package knows nothing of Raft beyond the words index and term. The file format is described
 * at {@link io.etcetera.raft.wal.RecordFormat} and {@link io.etcetera.raft.wal.SegmentHeader}, how a crash is told from
 * damage at {@link io.etcetera.raft.wal.Recovery}.
 */
@NullMarked
package io.etcetera.raft.wal;

import org.jspecify.annotations.NullMarked;
