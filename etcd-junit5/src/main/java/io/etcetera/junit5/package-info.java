/**
 * Clusters of etcd for tests, inside the JVM that runs them: {@link io.etcetera.junit5.EtcdClusterExtension} as a field,
 * {@link io.etcetera.junit5.WithEtcd} as an annotation, and the {@link io.etcetera.junit5.EtcdCluster} that both give.
 */
@NullMarked
package io.etcetera.junit5;

import org.jspecify.annotations.NullMarked;
