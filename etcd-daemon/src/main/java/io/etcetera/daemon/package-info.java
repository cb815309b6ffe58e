/** The etcd process: one table of options read from flags, environment and YAML, logs in the shape of etcd, signals, exit codes. */
@NullMarked
package io.etcetera.daemon;

import org.jspecify.annotations.NullMarked;
