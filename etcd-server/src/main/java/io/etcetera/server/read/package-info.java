/** The read path: waiting for the read index, and evaluating ranges. */
@NullMarked
package io.etcetera.server.read;

import org.jspecify.annotations.NullMarked;
