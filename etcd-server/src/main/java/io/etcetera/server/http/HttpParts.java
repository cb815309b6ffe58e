package io.etcetera.server.http;

import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.rpc.MemberParts;
import java.util.function.BooleanSupplier;

/**
 * What of a member its HTTP endpoints need.
 *
 * @param versions of cluster and store
 * @param authEnabled whether requests need a user; thread-safe
 */
public record HttpParts(MemberParts member, VersionView versions, BooleanSupplier authEnabled, TimeSource time) {}
