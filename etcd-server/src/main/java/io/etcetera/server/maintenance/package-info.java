/** Alarms, quota, auto-compaction and status. */
@NullMarked
package io.etcetera.server.maintenance;

import org.jspecify.annotations.NullMarked;
