package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.MemberAddition;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.clusterpb.PeerUrlsUpdate;
import io.etcetera.proto.etcdserverpb.EmptyResponse;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.proto.etcdserverpb.MemberRemoveResponse;
import io.etcetera.proto.etcdserverpb.MemberUpdateResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Decides about changes of members and makes them. What is decided depends on the change and the {@link MemberTable}
 * alone, so that all members decide alike. Apply thread only.
 */
final class MembershipChanges {
    private static final Logger log = LoggerFactory.getLogger(MembershipChanges.class);

    private final Identity identity;
    private final MemberTable table;

    MembershipChanges(Identity identity, MemberTable table) {
        this.identity = identity;
        this.table = table;
    }

    /**
     * Makes a change, inside an entry of the backend.
     *
     * @return the response of the request that asked for it, without a header
     * @throws EtcdException if the change is refused, and nothing is changed: MEMBER_NOT_FOUND, MEMBER_EXISTS,
     *     PEER_URL_EXISTS, TOO_MANY_LEARNERS, MEMBER_NOT_LEARNER; UNHEALTHY before the founding
     */
    Message apply(MembershipChange change) throws EtcdException {
        try {
            return switch (change.getChangeCase()) {
                case FOUNDING -> found(change.getFounding());
                case ADDITION -> add(change.getAddition());
                case REMOVAL -> remove(change.getRemoval().getMemberID());
                case UPDATE -> update(change.getUpdate());
                case PROMOTION -> promote(change.getPromotion().getMemberID());
                case CHANGE_NOT_SET ->
                    throw new IllegalStateException("the log holds a change of members of a kind that this version"
                            + " does not know; it was written by a newer version");
            };
        } catch (EtcdException e) {
            log.atError().addKeyValue("error", e.getMessage()).log("Validation on configuration change failed");
            throw e;
        }
    }

    private Message found(Founding founding) {
        if (!table.view().founded()) {
            List<Member> first = founding.getMembersList().stream()
                    .map(MemberRecord::fromReplicated)
                    .toList();
            table.found(first);
            first.forEach(this::logAdded);
        }
        // A second leader may have proposed it before it knew of the first one's.
        return EmptyResponse.getDefaultInstance();
    }

    private Message add(MemberAddition addition) throws EtcdException {
        long id = addition.getMemberID();
        MemberTable.View view = refuseRemoved(id);
        if (view.member(id) != null) {
            throw new EtcdException(EtcdError.MEMBER_EXISTS);
        }
        Member added = Member.newBuilder()
                .setID(id)
                .addAllPeerURLs(addition.getRaftAttributes().getPeerUrlsList())
                .setIsLearner(addition.getRaftAttributes().getIsLearner())
                .build();
        refuseTaken(view, added);
        if (added.getIsLearner()) {
            long learners = view.members().values().stream()
                    .filter(Member::getIsLearner)
                    .count();
            if (learners + 1 > addition.getMaxLearners()) {
                throw new EtcdException(EtcdError.TOO_MANY_LEARNERS);
            }
        }
        table.put(added);
        logAdded(added);
        return MemberAddResponse.newBuilder()
                .setMember(added)
                .addAllMembers(members())
                .build();
    }

    private Message remove(long id) throws EtcdException {
        Member removed = existing(refuseRemoved(id), id);
        table.remove(id);
        logOf("removed-remote-peer-id", id)
                .addKeyValue("removed-remote-peer-urls", removed.getPeerURLsList())
                .addKeyValue("removed-remote-peer-is-learner", removed.getIsLearner())
                .log("removed member");
        return MemberRemoveResponse.newBuilder().addAllMembers(members()).build();
    }

    private Message update(PeerUrlsUpdate update) throws EtcdException {
        long id = update.getMemberID();
        MemberTable.View view = refuseRemoved(id);
        Member updated = existing(view, id).toBuilder()
                .clearPeerURLs()
                .addAllPeerURLs(update.getPeerUrlsList())
                .build();
        refuseTaken(view, updated);
        table.put(updated);
        logOf("updated-remote-peer-id", id)
                .addKeyValue("updated-remote-peer-urls", updated.getPeerURLsList())
                .addKeyValue("updated-remote-peer-is-learner", updated.getIsLearner())
                .log("updated member");
        return MemberUpdateResponse.newBuilder().addAllMembers(members()).build();
    }

    private Message promote(long id) throws EtcdException {
        Member learner = existing(refuseRemoved(id), id);
        if (!learner.getIsLearner()) {
            throw new EtcdException(EtcdError.MEMBER_NOT_LEARNER);
        }
        table.put(learner.toBuilder().setIsLearner(false).build());
        logOf("promoted-member-id", id).log("promote member");
        return MemberPromoteResponse.newBuilder().addAllMembers(members()).build();
    }

    private MemberTable.View refuseRemoved(long id) throws EtcdException {
        MemberTable.View view = table.view();
        if (!view.founded()) {
            throw new EtcdException(EtcdError.UNHEALTHY);
        }
        if (view.removed().contains(id)) {
            throw new EtcdException(EtcdError.MEMBER_NOT_FOUND);
        }
        return view;
    }

    private static Member existing(MemberTable.View view, long id) throws EtcdException {
        Member member = view.member(id);
        if (member == null) {
            throw new EtcdException(EtcdError.MEMBER_NOT_FOUND);
        }
        return member;
    }

    private static void refuseTaken(MemberTable.View view, Member wanted) throws EtcdException {
        for (Member other : view.members().values()) {
            if (other.getID() != wanted.getID()
                    && wanted.getPeerURLsList().stream().anyMatch(other.getPeerURLsList()::contains)) {
                throw new EtcdException(EtcdError.PEER_URL_EXISTS);
            }
        }
    }

    private List<Member> members() {
        return List.copyOf(table.view().members().values());
    }

    void logAdded(Member member) {
        logOf("added-peer-id", member.getID())
                .addKeyValue("added-peer-peer-urls", member.getPeerURLsList())
                .addKeyValue("added-peer-is-learner", member.getIsLearner())
                .log("added member");
    }

    private LoggingEventBuilder logOf(String key, long memberId) {
        return log.atInfo()
                .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                .addKeyValue(key, MemberIds.toText(memberId));
    }
}
