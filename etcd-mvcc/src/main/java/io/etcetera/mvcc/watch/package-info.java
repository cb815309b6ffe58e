/** Watchers, synced and unsynced, and their notification at the end of each write. */
@NullMarked
package io.etcetera.mvcc.watch;

import org.jspecify.annotations.NullMarked;
