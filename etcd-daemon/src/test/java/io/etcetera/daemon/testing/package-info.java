/** What tests of the packaged daemon share: processes to start, ours and stock ones, and raw clients to drive them. */
@NullMarked
package io.etcetera.daemon.testing;

import org.jspecify.annotations.NullMarked;
