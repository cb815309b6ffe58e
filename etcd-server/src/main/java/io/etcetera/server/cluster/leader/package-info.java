/** Who leads, and what whoever leads does for the cluster. */
@NullMarked
package io.etcetera.server.cluster.leader;

import org.jspecify.annotations.NullMarked;
