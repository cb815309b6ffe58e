/**
 * Moving members between the Go etcd and this server: reading its write-ahead log and store, and making a member's directory out of
 * them, so that the member goes on as if nothing had happened. Works on files of members that do not run.
 */
@NullMarked
package io.etcetera.server.migrate;

import org.jspecify.annotations.NullMarked;
