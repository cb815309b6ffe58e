/**
 * Plain HTTP on the peer port: what this member answers there to etcd's tools and to members that join, and what it asks of
 * other members the same way.
 */
@NullMarked
package io.etcetera.server.transport.http;

import org.jspecify.annotations.NullMarked;
