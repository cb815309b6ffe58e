/** What committed entries do: a chain of small appliers that ends at the store. */
@NullMarked
package io.etcetera.server.apply;

import org.jspecify.annotations.NullMarked;
