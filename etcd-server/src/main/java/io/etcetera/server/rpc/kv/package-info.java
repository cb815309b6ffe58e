/** The KV service: ranges, transactions, and what changes keys. */
@NullMarked
package io.etcetera.server.rpc.kv;

import org.jspecify.annotations.NullMarked;
