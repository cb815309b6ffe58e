/** Writes on their way to disk: readers see them here, with the keys under which they are going to be stored. */
@NullMarked
package io.etcetera.mvcc.backend.buffer;

import org.jspecify.annotations.NullMarked;
