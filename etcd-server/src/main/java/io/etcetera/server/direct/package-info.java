/** Reads and watches of a member's own store by code in the same JVM, without gRPC in between. */
@NullMarked
package io.etcetera.server.direct;

import org.jspecify.annotations.NullMarked;
