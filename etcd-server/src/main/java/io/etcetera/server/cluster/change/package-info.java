/** Changes of members while the cluster runs: what clients ask for, and how the raft group follows. */
@NullMarked
package io.etcetera.server.cluster.change;

import org.jspecify.annotations.NullMarked;
