/**
 * Locks and elections, made of nothing but keys, leases and watches: a contender puts a key that hangs on its lease, and
 * whose key is the oldest under the name owns it. No replicated state of its own.
 */
@NullMarked
package io.etcetera.server.concurrency;

import org.jspecify.annotations.NullMarked;
