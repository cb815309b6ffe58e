package io.etcetera.server.cluster.change;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.cluster.QuorumConnections;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Refuses changes of members that could cost the cluster its quorum, by etcd's rules. They count members as listed, not
 * as the raft group has them: a voter that has not been started is counted as one that is down. Thread-safe.
 */
final class ReconfigurationCheck {
    /** A member counts as connected once it has answered for this long. */
    static final Duration HEALTH_INTERVAL = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(ReconfigurationCheck.class);

    private final Membership membership;
    private final Connections connections;
    private final QuorumConnections reachability;
    private final TimeSource time;

    ReconfigurationCheck(Membership membership, Connections connections, TimeSource time) {
        this.membership = membership;
        this.connections = connections;
        this.reachability = new QuorumConnections(membership, connections);
        this.time = time;
    }

    /**
     * Before a member is added.
     *
     * @throws EtcdException MEMBER_NOT_ENOUGH_STARTED or UNHEALTHY
     */
    void add(Member candidate) throws EtcdException {
        List<Member> voters = voters();
        long started = started(voters);
        // A cluster of one has nobody to be connected to, and could never grow if the new one had to be up.
        boolean alone = voters.size() == 1 && started == 1;
        int quorum = quorum(voters.size() + 1);
        if (!candidate.getIsLearner() && !alone && started < quorum) {
            logShortage("rejecting member add; started member will be less than quorum", started, quorum);
            throw refused(
                    logAdd(candidate),
                    "rejecting member add request; not enough healthy members",
                    EtcdError.MEMBER_NOT_ENOUGH_STARTED);
        }
        if (voters.size() != 1 && connected(voters) < quorum) {
            throw refused(
                    logAdd(candidate),
                    "rejecting member add request; local member has not been connected to majority peers,"
                            + " reconfigure breaks active quorum",
                    EtcdError.UNHEALTHY);
        }
    }

    /**
     * Before a member is removed.
     *
     * @throws EtcdException MEMBER_NOT_ENOUGH_STARTED or UNHEALTHY
     */
    void remove(long id) throws EtcdException {
        if (membership.member(id).map(Member::getIsLearner).orElse(false)) {
            return;
        }
        List<Member> voters = voters();
        List<Member> others =
                voters.stream().filter(member -> member.getID() != id).toList();
        long started = started(others);
        int quorum = quorum(others.size());
        if (started < quorum) {
            logShortage("rejecting member remove; started member will be less than quorum", started, quorum);
            throw refused(
                    logAbout("requested-member-remove-id", MemberIds.toText(id)),
                    "rejecting member remove request; not enough healthy members",
                    EtcdError.MEMBER_NOT_ENOUGH_STARTED);
        }
        // One that is down does not count in the quorum there is.
        if (id != membership.memberId() && connections.activeSince(id).isEmpty()) {
            return;
        }
        long connected = connected(voters);
        if (connected - 1 < 1 + (voters.size() - 1) / 2) {
            throw refused(
                    logAbout("requested-member-remove", MemberIds.toText(id)).addKeyValue("active-peers", connected),
                    "rejecting member remove request; local member has not been connected to all peers,"
                            + " reconfigure breaks active quorum",
                    EtcdError.UNHEALTHY);
        }
    }

    /**
     * Before a learner becomes a voter.
     *
     * @throws EtcdException MEMBER_NOT_ENOUGH_STARTED
     */
    void promote(long id) throws EtcdException {
        List<Member> voters = voters();
        // The learner counts as started.
        long started = started(voters) + 1;
        int quorum = quorum(voters.size() + 1);
        if (started < quorum) {
            logShortage("rejecting member promote; started member will be less than quorum", started, quorum);
            throw refused(
                    logAbout("requested-member-remove-id", MemberIds.toText(id)),
                    "rejecting member promote request; not enough healthy members",
                    EtcdError.MEMBER_NOT_ENOUGH_STARTED);
        }
    }

    private List<Member> voters() {
        return membership.members().stream()
                .filter(member -> !member.getIsLearner())
                .toList();
    }

    /** A member has a name from the time it has published itself. */
    private static long started(List<Member> members) {
        return members.stream().filter(member -> !member.getName().isEmpty()).count();
    }

    private long connected(List<Member> members) {
        long since = time.nanoTime() - HEALTH_INTERVAL.toNanos();
        return members.stream()
                .map(Member::getID)
                .filter(id -> id == membership.memberId() || reachability.reachedSince(id, since))
                .count();
    }

    private static int quorum(int voters) {
        return voters / 2 + 1;
    }

    private void logShortage(String message, long started, int quorum) {
        log.atWarn()
                .addKeyValue("number-of-started-member", started)
                .addKeyValue("quorum", quorum)
                .addKeyValue("cluster-id", MemberIds.toText(membership.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                .log(message);
    }

    private LoggingEventBuilder logAdd(Member candidate) {
        return logAbout(
                "requested-member-add",
                "{ID:" + MemberIds.toText(candidate.getID()) + " RaftAttributes:{PeerURLs:["
                        + String.join(" ", candidate.getPeerURLsList()) + "] IsLearner:" + candidate.getIsLearner()
                        + "}}");
    }

    private LoggingEventBuilder logAbout(String key, String value) {
        return log.atWarn()
                .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                .addKeyValue(key, value);
    }

    private static EtcdException refused(LoggingEventBuilder event, String message, EtcdError error) {
        event.addKeyValue("error", error.text()).log(message);
        return new EtcdException(error);
    }
}
