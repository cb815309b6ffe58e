/**
 * What a member counts and measures, under etcd's names. Each member has a registry of its own. The instruments are plain
 * adders that the parts of the member hold and touch; names, types, labels, bounds and help texts are all here. This is
 * the only package that knows Micrometer: for the JVM's own meters, and for an embedder's registry.
 */
@NullMarked
package io.etcetera.server.metrics;

import org.jspecify.annotations.NullMarked;
