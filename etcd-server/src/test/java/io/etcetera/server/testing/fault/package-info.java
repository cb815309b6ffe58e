/**
 * Breaks a cluster while clients use it, and judges what they were told. A {@code FaultRun} is a sequence of {@code Round}s; in
 * each, a {@code Workload} writes, reads and watches keys of its own, while a {@code Nemesis} makes {@code Fault}s by a seed.
 * Afterwards everything is mended, and all must be found that was ever acknowledged.
 */
@NullMarked
package io.etcetera.server.testing.fault;

import org.jspecify.annotations.NullMarked;
