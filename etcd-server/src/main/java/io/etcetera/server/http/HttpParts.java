package io.etcetera.server.http;

import io.etcetera.server.rpc.MemberParts;
import io.grpc.Channel;

/**
 * What of a member its HTTP endpoints need.
 *
 * @param channel to the member's services
 */
public record HttpParts(MemberParts member, Channel channel) {}
