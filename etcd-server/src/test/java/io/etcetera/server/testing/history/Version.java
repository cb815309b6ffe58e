package io.etcetera.server.testing.history;

/**
 * What a key held when somebody looked.
 *
 * @param modRevision revision that wrote it, or 0 if that is not known
 */
public record Version(String value, long modRevision) {}
