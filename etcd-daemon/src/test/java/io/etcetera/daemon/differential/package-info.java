/**
 * The judge of compatibility: stock etcd 3.7.1 and this server are driven with the same operations, and every answer of
 * the one is compared with the other's, field by field. IDs of members, clusters and leases, and raft terms, are all
 * that may differ; what else does is listed, with its reason, in {@code docs/compatibility.md}.
 */
@NullMarked
package io.etcetera.daemon.differential;

import org.jspecify.annotations.NullMarked;
