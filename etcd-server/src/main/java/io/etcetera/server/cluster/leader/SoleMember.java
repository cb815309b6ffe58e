package io.etcetera.server.cluster.leader;

import com.google.protobuf.Message;
import io.etcetera.proto.clusterpb.MemberRemoval;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.propose.Proposer;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes everybody else from the list of members, once this one leads because it was forced to go on alone. By entries of
 * the log: so they come behind whatever its log still had to say about members, and are there after a restart.
 */
public final class SoleMember implements LeadershipListener {
    private static final Logger log = LoggerFactory.getLogger(SoleMember.class);

    private final Membership membership;
    private final Proposer proposer;
    private volatile @Nullable Set<Long> leftBehind;

    /** @param forced if not, there is nobody to remove */
    public SoleMember(Membership membership, Proposer proposer, boolean forced) {
        this.membership = membership;
        this.proposer = proposer;
        this.leftBehind = forced ? null : Set.of();
    }

    /** Whether those who are left behind are off the list. Until then the raft group must not take them in again. */
    public boolean isSettled() {
        Set<Long> others = leftBehind;
        return others != null && membership.members().stream().noneMatch(member -> others.contains(member.getID()));
    }

    /** All that was in the log has been applied by now, so these are the last members that it knew. */
    @Override
    public void leaderStarted() {
        Set<Long> others = leftBehind;
        if (others == null) {
            others = membership.members().stream()
                    .map(Member::getID)
                    .filter(id -> id != membership.memberId())
                    .collect(Collectors.toUnmodifiableSet());
            leftBehind = others;
        }
        others.forEach(this::remove);
    }

    @Override
    public void leaderStopped() {
        // There is nobody else who could lead.
    }

    private void remove(long memberId) {
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setMembershipChange(MembershipChange.newBuilder()
                        .setRemoval(MemberRemoval.newBuilder().setMemberID(memberId)));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                log.atInfo()
                        .addKeyValue("removed-remote-peer-id", MemberIds.toText(memberId))
                        .log("removed a member that is left behind by a new cluster");
            }

            @Override
            public void failed(EtcdException error) {
                if (error.error() != EtcdError.MEMBER_NOT_FOUND) {
                    log.atError()
                            .addKeyValue("remote-peer-id", MemberIds.toText(memberId))
                            .addKeyValue("error", error.getMessage())
                            .log("failed to remove a member that is left behind; force the new cluster again");
                }
            }
        });
    }
}
