/**
 * Ports, and how it is settled what a new connection speaks: TLS or not, then gRPC or plain HTTP on a {@code SharedPort}, and nothing but
 * HTTP on an {@code HttpPort}.
 */
@NullMarked
package io.etcetera.server.net.port;

import org.jspecify.annotations.NullMarked;
