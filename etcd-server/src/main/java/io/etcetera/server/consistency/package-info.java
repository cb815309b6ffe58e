/**
 * Comparing members: each hashes the history of its keys, and the hashes of one revision have to be the same. A start compares with
 * whoever answers; a leader compares now and then, and raises an alarm that names the member whose store is wrong.
 */
@NullMarked
package io.etcetera.server.consistency;

import org.jspecify.annotations.NullMarked;
