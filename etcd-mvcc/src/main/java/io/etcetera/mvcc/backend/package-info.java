/** The LMDB environment: buckets, a write buffer that readers see at once, batched durable commits that carry the consistent index. The only package that imports lmdbjava. */
@NullMarked
package io.etcetera.mvcc.backend;

import org.jspecify.annotations.NullMarked;
