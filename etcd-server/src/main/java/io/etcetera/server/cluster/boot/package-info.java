/** How a member starts for the first time, and what it finds in its directory later: who it is, and who the others are. */
@NullMarked
package io.etcetera.server.cluster.boot;

import org.jspecify.annotations.NullMarked;
