/**
 * A replicated log behind a narrow interface: propose bytes, get them back in the same order on every member, and ask
 * for an index that a linearizable read must wait for. Nothing here knows what the bytes mean, and no type of the Raft
 * library that does the work appears in a signature.
 */
@NullMarked
package io.etcetera.raft;

import org.jspecify.annotations.NullMarked;
