/**
 * Logs in the shape of etcd's: one JSON object or one console line for each record, to stderr, stdout or files. The only package
 * that knows logback; everything else logs through slf4j, with fields as its key/value pairs.
 */
@NullMarked
package io.etcetera.daemon.log;

import org.jspecify.annotations.NullMarked;
