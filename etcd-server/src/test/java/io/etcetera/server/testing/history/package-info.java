/**
 * Judges what clients of a key-value store were told while it ran, with or without faults. A {@code HistoryRecorder}
 * keeps the calls and a {@code WatchLog} the events of one watcher; the three checkers say whether one store, changing one
 * step at a time, can have given those answers.
 *
 * <p>Keys must be absent when recording begins, and only recorded calls may write them. Each call should write a value of its
 * own: it then is known whether a write without an answer was made, if anybody saw it. Where values are shared, and many
 * answers are lost, the search can take too long, and then ends undecided.
 */
@NullMarked
package io.etcetera.server.testing.history;

import org.jspecify.annotations.NullMarked;
