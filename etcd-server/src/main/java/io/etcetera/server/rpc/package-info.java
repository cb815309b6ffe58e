/**
 * What all calls of clients share: the parts of the member that serve them, messages parsed and encoded once, checks of
 * requests, and the single table that turns an error into a status. With the peer transport, the only packages that import
 * gRPC or Netty.
 *
 * <p>Above it, {@code rpc.call} has the kinds of calls, {@code rpc.kv}, {@code rpc.watch}, {@code rpc.lease} and {@code
 * rpc.admin} the services, and {@code rpc.port} the listeners they are served from. A request arrives on an event loop and
 * is parsed by {@code Marshallers}; {@code CallGate} looks at its metadata; a {@code UnaryCall} or {@code StreamCall}
 * checks it and hands it on, once: to the proposer, to the read barrier, to the readers. The answer comes back to the event
 * loop and leaves as an {@code Outbound}, encoded once.
 */
@NullMarked
package io.etcetera.server.rpc;

import org.jspecify.annotations.NullMarked;
