/** The write path up to the log: limits, request IDs, waiting calls and their deadlines. */
@NullMarked
package io.etcetera.server.propose;

import org.jspecify.annotations.NullMarked;
