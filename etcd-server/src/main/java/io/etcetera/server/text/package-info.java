/**
 * What etcd's options and records are written in: durations and quoted strings as Go has them, lists of URLs, and
 * JSON. Shared with the daemon.
 */
@NullMarked
package io.etcetera.server.text;

import org.jspecify.annotations.NullMarked;
