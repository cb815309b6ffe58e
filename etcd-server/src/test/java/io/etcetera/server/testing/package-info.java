/** Stand-ins that tests of several packages share: a clock that only moves when told, a log in memory, a plain store. */
@NullMarked
package io.etcetera.server.testing;

import org.jspecify.annotations.NullMarked;
