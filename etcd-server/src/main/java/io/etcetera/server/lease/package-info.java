/** Leases: who holds which keys for how long, renewals, and expiry through the log. */
@NullMarked
package io.etcetera.server.lease;

import org.jspecify.annotations.NullMarked;
