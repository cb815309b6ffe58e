/**
 * Traces of clients' calls for an OpenTelemetry collector. The only package that knows OpenTelemetry; its classes are loaded only
 * when tracing is asked for.
 */
@NullMarked
package io.etcetera.daemon.tracing;

import org.jspecify.annotations.NullMarked;
