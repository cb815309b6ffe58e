/**
 * HTTP/1.1 as members speak it on every port, and the WebSockets that begin with it: {@code HttpConnection} reads the requests of a
 * connection and has an {@code HttpService} answer them, whole or bit by bit. Knows nothing of what is asked for.
 */
@NullMarked
package io.etcetera.server.net.http;

import org.jspecify.annotations.NullMarked;
