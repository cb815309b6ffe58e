package io.etcetera.server.net.http;

import io.etcetera.server.TimeSource;

/**
 * What connections that speak HTTP/1.1 are served with.
 *
 * @param maxBodyBytes length of the longest request body that is read; a longer one is answered with 413
 */
public record HttpServing(HttpService service, int maxBodyBytes, TimeSource time) {}
