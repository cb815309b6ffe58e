/** The way from a key to its revisions, in memory: ordered, compact, one writer, lock-free readers. */
@NullMarked
package io.etcetera.mvcc.index;

import org.jspecify.annotations.NullMarked;
