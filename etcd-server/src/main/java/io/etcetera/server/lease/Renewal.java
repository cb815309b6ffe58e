package io.etcetera.server.lease;

import io.etcetera.server.ResultCallback;

/** A renewal that waits for the revoke of its expired lease, until {@code deadlineMillis} of the monotonic clock. */
record Renewal(ResultCallback<Long> callback, long deadlineMillis) {}
