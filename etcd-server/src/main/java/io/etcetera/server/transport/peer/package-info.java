/**
 * The connections between members, both ways. {@code PeerNetwork} is the whole of it.
 *
 * <p>Going out, a {@code RemotePeer} has three {@code Link}s, each with a connection of its own so that none holds up
 * another: {@code LaneClient} on two of them carries the log's messages, {@code ForwardClient} on the third entries for the
 * leader. Coming in, {@code PeerPort} listens, {@code Doorkeeper} refuses who has no business here, and {@code PeerService}
 * hands the rest to {@code PeerHandlers}.
 */
@NullMarked
package io.etcetera.server.transport.peer;

import org.jspecify.annotations.NullMarked;
