/**
 * Members and clusters of etcd in containers, for tests; in the shape of jetcd's launcher, so that tests written for that change
 * their imports and little else. Begin with {@link io.etcetera.testcontainers.Etcd#builder()} or {@link
 * io.etcetera.testcontainers.EtcdContainer}.
 */
@NullMarked
package io.etcetera.testcontainers;

import org.jspecify.annotations.NullMarked;
