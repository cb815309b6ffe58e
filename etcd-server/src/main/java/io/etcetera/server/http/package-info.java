/**
 * What a member answers over plain HTTP, on the clients' port and on ports for monitoring: health, version, metrics, and
 * the API as JSON. Requests come in on event loops; what takes long is done on a few threads of its own.
 */
@NullMarked
package io.etcetera.server.http;

import org.jspecify.annotations.NullMarked;
