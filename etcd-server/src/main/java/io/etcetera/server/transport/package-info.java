/**
 * How members reach each other: one port for each peer URL, with gRPC for what members say to each other all the time, and
 * plain HTTP for what etcd's tools and a member that joins ask. Here is what both ends of a connection share: who the peers
 * are, who is let in, and who answers; and, for tests, a network that can be broken.
 *
 * <p>Above it, {@code transport.peer} has the network itself, {@code transport.copy} copies of the store, for members that are
 * too far behind, and {@code transport.http} plain HTTP; {@code transport.discovery} is the way to another etcd.
 */
@NullMarked
package io.etcetera.server.transport;

import org.jspecify.annotations.NullMarked;
