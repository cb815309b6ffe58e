/** Members of the cluster, and the IDs of members and clusters. */
@NullMarked
package io.etcetera.server.cluster;

import org.jspecify.annotations.NullMarked;
