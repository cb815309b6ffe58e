/**
 * What the clients' port and the peers' port have in common: event loops, addresses to listen on, and messages that are
 * encoded once. Knows nothing of what is served there.
 */
@NullMarked
package io.etcetera.server.net;

import org.jspecify.annotations.NullMarked;
