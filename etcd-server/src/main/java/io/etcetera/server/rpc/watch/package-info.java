/** The Watch service: streams of events, and what waits in them for a client that reads slowly. */
@NullMarked
package io.etcetera.server.rpc.watch;

import org.jspecify.annotations.NullMarked;
