/** The client of the discovery service: another etcd, in which the members of a new cluster find each other. */
@NullMarked
package io.etcetera.server.transport.discovery;

import org.jspecify.annotations.NullMarked;
