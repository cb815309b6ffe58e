package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import java.util.List;

/**
 * What a member begins with when it starts for the first time.
 *
 * @param identity who it is
 * @param members all members of the cluster as far as can be known then, this one among them, in order of their IDs
 */
public record Bootstrap(Identity identity, List<Member> members) {
    public Bootstrap {
        members = members.stream()
                .sorted((one, other) -> Long.compareUnsigned(one.getID(), other.getID()))
                .toList();
    }
}
