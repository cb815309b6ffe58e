/**
 * One class for each gRPC service, the listeners they are served from, and the single table that turns an error into a
 * status. The only package, with the peer transport, that imports gRPC or Netty.
 *
 * <p>A request arrives on an event loop and is parsed by {@code Marshallers}; {@code CallGate} looks at its metadata; a
 * {@code UnaryCall} or {@code StreamCall} checks it and hands it on, once: to the proposer, to the read barrier, to the
 * readers. The answer comes back to the event loop and leaves as an {@code Outbound}, encoded once.
 */
@NullMarked
package io.etcetera.server.rpc;

import org.jspecify.annotations.NullMarked;
