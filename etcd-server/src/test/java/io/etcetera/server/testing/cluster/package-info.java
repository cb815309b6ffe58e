/**
 * Clusters for tests, broken on purpose. A {@code TestCluster} runs its members in this JVM, over a {@code TestNetwork} that can
 * be cut; what is asked of any cluster, also of one whose members are processes, is in {@code Cluster} and {@code Node}.
 */
@NullMarked
package io.etcetera.server.testing.cluster;

import org.jspecify.annotations.NullMarked;
