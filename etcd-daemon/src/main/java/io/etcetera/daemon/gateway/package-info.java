/** The command {@code etcd gateway}: what it takes, what it prints, and the TCP proxy behind it. */
@NullMarked
package io.etcetera.daemon.gateway;

import org.jspecify.annotations.NullMarked;
