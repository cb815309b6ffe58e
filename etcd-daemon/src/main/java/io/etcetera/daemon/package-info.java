/** The etcd process: from its arguments to a member that runs, signals, exit codes. */
@NullMarked
package io.etcetera.daemon;

import org.jspecify.annotations.NullMarked;
