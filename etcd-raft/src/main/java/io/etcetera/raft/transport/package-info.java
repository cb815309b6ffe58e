/**
 * The border between the log and whatever carries its messages to the other members: opaque bytes, a peer's member ID,
 * and an answer. The log knows no address, and the carrier knows no message.
 */
@NullMarked
package io.etcetera.raft.transport;

import org.jspecify.annotations.NullMarked;
