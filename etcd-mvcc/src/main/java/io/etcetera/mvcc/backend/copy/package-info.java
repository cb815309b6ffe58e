/**
 * Copies of the store beside it while it is in use: the defragmentation, and what it has in common with the other copies, which are
 * names, space, pace and progress.
 */
@NullMarked
package io.etcetera.mvcc.backend.copy;

import org.jspecify.annotations.NullMarked;
