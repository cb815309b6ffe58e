package io.etcetera.server.cluster.change;

import com.google.protobuf.Message;
import io.etcetera.proto.clusterpb.MemberAddition;
import io.etcetera.proto.clusterpb.MemberRemoval;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.clusterpb.PeerUrlsUpdate;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.membershippb.RaftAttributes;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of members as clients ask for them: checked, put into the log, and answered once they are applied here; a removal, once the
 * raft group has followed. For other changes that comes later, see {@link Reconciler}. Thread-safe, never blocks; the timer is {@link #tick()}.
 *
 * <p>Answers are the response messages of the requests, without a header; they come on any thread. Besides the errors that
 * are listed, each can fail as any proposal can.
 */
public final class Reconfiguration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconfiguration.class);

    private final Membership membership;
    private final ReconfigurationParts parts;
    private final ReconfigurationCheck check;
    private final Promotions promotions;
    private final PromotionRouter router;
    private final RemovalAnswers removals;

    public Reconfiguration(Membership membership, ReconfigurationParts parts) {
        this.membership = membership;
        this.parts = parts;
        this.check = new ReconfigurationCheck(membership, parts.connections(), parts.time());
        this.promotions = new Promotions(membership, parts, check);
        this.router = new PromotionRouter(parts, promotions);
        this.removals = new RemovalAnswers(membership.memberId(), parts.raft(), parts.removalPatience(), parts.time());
    }

    /**
     * Adds a member that has yet to be started. Errors: MEMBER_NOT_FOUND if it was removed before, MEMBER_EXISTS,
     * PEER_URL_EXISTS, TOO_MANY_LEARNERS.
     *
     * @throws EtcdException MEMBER_BAD_URLS, MEMBER_NOT_ENOUGH_STARTED, UNHEALTHY
     */
    public void add(List<String> peerUrls, boolean learner, ResultCallback<Message> callback) throws EtcdException {
        List<String> urls = checked(peerUrls);
        long id = MemberIds.addedMember(urls, Math.floorDiv(parts.time().currentTimeMillis(), 1000));
        if (parts.strictCheck()) {
            check.add(Member.newBuilder()
                    .setID(id)
                    .addAllPeerURLs(urls)
                    .setIsLearner(learner)
                    .build());
        }
        propose(
                id,
                MembershipChange.newBuilder()
                        .setAddition(MemberAddition.newBuilder()
                                .setMemberID(id)
                                .setRaftAttributes(RaftAttributes.newBuilder()
                                        .addAllPeerUrls(urls)
                                        .setIsLearner(learner))
                                .setMaxLearners(parts.maxLearners())),
                callback);
    }

    /**
     * Checks what a member is to be reached at.
     *
     * @throws EtcdException MEMBER_BAD_URLS
     */
    public static void check(List<String> peerUrls) throws EtcdException {
        checked(peerUrls);
    }

    private static List<String> checked(List<String> peerUrls) throws EtcdException {
        if (peerUrls.isEmpty()) {
            throw new EtcdException(EtcdError.MEMBER_BAD_URLS);
        }
        List<String> urls = new ArrayList<>();
        try {
            for (String text : peerUrls) {
                URI url = EtcdUrls.one(text);
                urls.add(url.toString());
            }
        } catch (BadValueException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("refused the URLs of a new member");
            throw new EtcdException(EtcdError.MEMBER_BAD_URLS);
        }
        urls.sort(null);
        return urls;
    }

    /**
     * Removes a member for good. Errors: MEMBER_NOT_FOUND.
     *
     * @throws EtcdException MEMBER_NOT_ENOUGH_STARTED, UNHEALTHY
     */
    public void remove(long memberId, ResultCallback<Message> callback) throws EtcdException {
        if (parts.strictCheck()) {
            check.remove(memberId);
        }
        propose(
                memberId,
                MembershipChange.newBuilder()
                        .setRemoval(MemberRemoval.newBuilder().setMemberID(memberId)),
                removals.holding(memberId, callback));
    }

    /** Changes where a member is reached. As in etcd, what the URLs look like is not checked. Errors: MEMBER_NOT_FOUND, PEER_URL_EXISTS. */
    public void update(long memberId, List<String> peerUrls, ResultCallback<Message> callback) {
        propose(
                memberId,
                MembershipChange.newBuilder()
                        .setUpdate(PeerUrlsUpdate.newBuilder()
                                .setMemberID(memberId)
                                .addAllPeerUrls(peerUrls)),
                callback);
    }

    /**
     * Makes a learner a voter, by way of the member that leads, and answers with all members. Errors: those of {@link
     * Promotions#promote} but NOT_LEADER; NO_LEADER if none was found in time, TIMEOUT if the leader did not answer.
     */
    public void promote(long memberId, ResultCallback<List<Member>> callback) {
        router.promote(memberId, callback);
    }

    /** The leader's end of promotions, for what other members pass on. */
    public Promotions promotions() {
        return promotions;
    }

    private void propose(long memberId, MembershipChange.Builder change, ResultCallback<Message> callback) {
        propose(parts.proposer(), membership.memberId(), memberId, change, callback);
    }

    static void propose(
            Proposer proposer,
            long localId,
            long memberId,
            MembershipChange.Builder change,
            ResultCallback<Message> callback) {
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder().setMembershipChange(change);
        String kind = nameOf(change);
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                log.atInfo()
                        .addKeyValue("local-member-id", MemberIds.toText(localId))
                        .addKeyValue("raft-conf-change", kind)
                        .addKeyValue("raft-conf-change-node-id", MemberIds.toText(memberId))
                        .log("applied a configuration change through raft");
                callback.completed(response);
            }

            @Override
            public void failed(EtcdException error) {
                callback.failed(error);
            }
        });
    }

    /** What etcd calls a change in its log. */
    private static String nameOf(MembershipChange.Builder change) {
        return switch (change.getChangeCase()) {
            case ADDITION ->
                change.getAddition().getRaftAttributes().getIsLearner()
                        ? "ConfChangeAddLearnerNode"
                        : "ConfChangeAddNode";
            case REMOVAL -> "ConfChangeRemoveNode";
            case UPDATE -> "ConfChangeUpdateNode";
            case PROMOTION -> "ConfChangeAddNode";
            case FOUNDING, CHANGE_NOT_SET -> throw new IllegalArgumentException("no client asks for this");
        };
    }

    /** Looks again at what waits for the leader or the group, and gives up what has waited too long. To be called every 100 ms or so. */
    public void tick() {
        router.tick();
        removals.tick();
    }

    /** Answers removals that wait, and STOPPED to every promotion that waits, and to those to come. Idempotent. */
    @Override
    public void close() {
        router.close();
        removals.close();
    }
}
