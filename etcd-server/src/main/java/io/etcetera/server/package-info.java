/**
 * An etcd member that runs inside a JVM: {@link io.etcetera.server.Etcd#start} opens it, {@code close()} ends it, and nothing
 * of it is static, exits the process or outlives the close.
 */
@NullMarked
package io.etcetera.server;

import org.jspecify.annotations.NullMarked;
