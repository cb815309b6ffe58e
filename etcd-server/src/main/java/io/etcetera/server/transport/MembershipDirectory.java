package io.etcetera.server.transport;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.cluster.Membership;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The directory that the cluster's membership amounts to. */
public final class MembershipDirectory implements PeerDirectory {
    private final Membership membership;
    private final LongSupplier appliedIndex;
    private final LongPredicate isRemoved;

    /** What a member knows by what it has applied, and who it needs no more. */
    public MembershipDirectory(Membership membership, LongSupplier appliedIndex, LongPredicate isRemoved) {
        this.membership = membership;
        this.appliedIndex = appliedIndex;
        this.isRemoved = isRemoved;
    }

    @Override
    public long clusterId() {
        return membership.clusterId();
    }

    @Override
    public long memberId() {
        return membership.memberId();
    }

    @Override
    public long appliedIndex() {
        return appliedIndex.getAsLong();
    }

    @Override
    public Set<Long> peers() {
        return membership.members().stream()
                .map(Member::getID)
                .filter(id -> id != membership.memberId())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<String> peerUrls(long memberId) {
        for (Member member : membership.members()) {
            if (member.getID() == memberId) {
                return List.copyOf(member.getPeerURLsList());
            }
        }
        return List.of();
    }

    @Override
    public boolean isRemoved(long memberId) {
        return isRemoved.test(memberId);
    }
}
