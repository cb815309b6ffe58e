/**
 * The API as JSON: bindings of paths to gRPC methods, JSON there and back as etcd writes and reads it, and the calls
 * themselves, which go to the member's services without a socket.
 */
@NullMarked
package io.etcetera.server.http.gateway;

import org.jspecify.annotations.NullMarked;
