/** One class for each gRPC service, the listeners they are served from, and the single table that turns an error into a status. The only package, with the peer transport, that imports gRPC or Netty. */
@NullMarked
package io.etcetera.server.rpc;

import org.jspecify.annotations.NullMarked;
