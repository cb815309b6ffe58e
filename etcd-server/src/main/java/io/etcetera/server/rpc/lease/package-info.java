/** The Lease service, and the Lock and Election services, which are built on leases. */
@NullMarked
package io.etcetera.server.rpc.lease;

import org.jspecify.annotations.NullMarked;
