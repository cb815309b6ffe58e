/** Runs from which the JVM learns, when the distribution is packaged, what a start and a load need. */
@NullMarked
package io.etcetera.daemon.training;

import org.jspecify.annotations.NullMarked;
