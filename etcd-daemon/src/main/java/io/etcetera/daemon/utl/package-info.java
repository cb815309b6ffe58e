/**
 * The command {@code etcdutl}: what it takes, what it prints, and the exit statuses, all as etcd's. The work itself is done elsewhere.
 * Its command lines, which are those of all of etcd's tools, are read for others, too.
 */
@NullMarked
package io.etcetera.daemon.utl;

import org.jspecify.annotations.NullMarked;
