/** Mains that measure a member inside the JVM of its user; for a quiet machine. */
@NullMarked
package io.etcetera.server.figures;

import org.jspecify.annotations.NullMarked;
