@NullMarked
package io.etcetera.raft.jraft;

import org.jspecify.annotations.NullMarked;
