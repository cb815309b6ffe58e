/** Clusters of our daemon, and of the stock one beside it: what they bear, and what they do then. */
@NullMarked
package io.etcetera.daemon.cluster;

import org.jspecify.annotations.NullMarked;
