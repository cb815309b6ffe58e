package io.etcetera.server.migrate;

import io.etcetera.server.cluster.Identity;

/**
 * What has come over.
 *
 * @param index of the last entry that the store holds
 * @param lastIndex of the log
 * @param clusterVersion such as 3.5.0; may be empty
 */
public record Summary(Identity identity, long index, long lastIndex, String clusterVersion) {}
