/**
 * What etcd's options and records are written in: durations and quoted strings as Go has them, and lists of URLs. Shared
 * with the daemon.
 */
@NullMarked
package io.etcetera.server.text;

import org.jspecify.annotations.NullMarked;
