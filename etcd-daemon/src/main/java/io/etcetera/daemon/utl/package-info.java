/** The command {@code etcdutl}: what it takes, what it prints, and the exit statuses, all as etcd's. The work itself is done elsewhere. */
@NullMarked
package io.etcetera.daemon.utl;

import org.jspecify.annotations.NullMarked;
