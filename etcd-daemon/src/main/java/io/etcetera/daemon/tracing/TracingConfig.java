package io.etcetera.daemon.tracing;

/**
 * How calls are traced.
 *
 * @param address host and port of the collector, which is spoken to in plaintext
 * @param serviceName what all members are called in the traces
 * @param instanceId what this one is called; none if empty
 * @param samplesPerMillion so many of a million calls that no caller traces are traced, 0 to 1,000,000. Of a call that a caller
 *     traces, he decides
 */
public record TracingConfig(String address, String serviceName, String instanceId, long samplesPerMillion) {}
