/** The examples of docs/embedding.md, as tests. What stands between {@code // guide} and {@code // end} stands there too. */
@NullMarked
package io.etcetera.examples;

import org.jspecify.annotations.NullMarked;
