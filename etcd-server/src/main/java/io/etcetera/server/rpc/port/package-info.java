/**
 * Where clients come in: all services put together, their listeners and the way without a socket, and what counts and
 * follows calls there.
 */
@NullMarked
package io.etcetera.server.rpc.port;

import org.jspecify.annotations.NullMarked;
