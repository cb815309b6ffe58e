/** Members of the cluster: who they are, their IDs, the versions that they speak, and where this is stored. */
@NullMarked
package io.etcetera.server.cluster;

import org.jspecify.annotations.NullMarked;
