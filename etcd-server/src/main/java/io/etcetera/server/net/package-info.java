/**
 * What the clients' port and the peers' port have in common: event loops, addresses to listen on and to dial, limits of connections, and
 * messages that are encoded once. Knows nothing of what is served there.
 *
 * <p>Above it, {@code net.http} is plain HTTP, and {@code net.port} has what listens.
 */
@NullMarked
package io.etcetera.server.net;

import org.jspecify.annotations.NullMarked;
