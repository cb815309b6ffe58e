package io.etcetera.server.cluster.boot;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.boot.RemoteCluster.View;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first start of a member that was added to a running cluster: the others say who it is, and the configuration has to
 * agree with them.
 */
final class Joining {
    private static final Logger log = LoggerFactory.getLogger(Joining.class);
    private static final Duration MEMBERS_TIMEOUT = Duration.ofSeconds(10);

    private final EtcdConfig config;
    private final RemoteCluster remote;
    private final InitialCluster initial;

    Joining(EtcdConfig config, RemoteCluster remote, InitialCluster initial) {
        this.config = config;
        this.remote = remote;
        this.initial = initial;
    }

    /** @throws ClusterConfigException with etcd's words, if nobody answers or the answer does not fit */
    Bootstrap join() throws ClusterConfigException, InterruptedException {
        View view = fetch();
        List<Member> members = named(view);
        Member self = members.stream()
                .filter(member -> member.getName().equals(config.name()))
                .findFirst()
                .orElseThrow();
        checkVersions(members, self);
        return new Bootstrap(new Identity(self.getID(), view.clusterId(), true), members);
    }

    private View fetch() throws ClusterConfigException, InterruptedException {
        String failed = "cannot fetch cluster info from peer urls: ";
        for (String url : initial.urlsOfOthers(config.name())) {
            try {
                View view = remote.members(url, MEMBERS_TIMEOUT);
                if (view.members().isEmpty()) {
                    throw new ClusterConfigException(
                            failed + "failed to get raft cluster member(s) from the given URLs");
                }
                return view;
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("address", url + "/members")
                        .addKeyValue("error", e.getMessage())
                        .log("failed to get cluster response");
            }
        }
        throw new ClusterConfigException(failed + "could not retrieve cluster information from the given URLs");
    }

    /**
     * The running members, each with the name that the configuration gives to its peer URLs: the one to be has published
     * none yet.
     */
    private List<Member> named(View view) throws ClusterConfigException {
        List<Member> existing = view.members().stream()
                .sorted((one, other) -> Long.compareUnsigned(one.getID(), other.getID()))
                .toList();
        // The IDs here have no meaning but their order, in which etcd looks for a match.
        List<Member> configured = initial.members(config.initialClusterToken()).stream()
                .sorted((one, other) -> Long.compareUnsigned(one.getID(), other.getID()))
                .toList();
        if (existing.size() != configured.size()) {
            throw mismatch(view, "member count is unequal");
        }
        List<Member> named = new ArrayList<>();
        for (Member member : existing) {
            named.add(named(member, configured, view));
        }
        if (named.stream().noneMatch(member -> member.getName().equals(config.name()))) {
            throw mismatch(view, "no member has the URLs of " + config.name());
        }
        return named;
    }

    private static Member named(Member member, List<Member> configured, View view) throws ClusterConfigException {
        String difference = "";
        for (Member candidate : configured) {
            difference = PeerUrls.difference(member.getPeerURLsList(), candidate.getPeerURLsList());
            if (difference.isEmpty()) {
                return member.toBuilder().setName(candidate.getName()).build();
            }
        }
        throw mismatch(
                view,
                "PeerURLs: no match found for existing member (" + MemberIds.toText(member.getID()) + ", "
                        + list(member.getPeerURLsList()) + "), last resolver error (" + difference + ")");
    }

    private static ClusterConfigException mismatch(View view, String why) {
        String members = view.members().stream()
                .sorted((one, other) -> Long.compareUnsigned(one.getID(), other.getID()))
                .map(member -> "&{ID:" + MemberIds.toText(member.getID())
                        + " RaftAttributes:{PeerURLs:" + list(member.getPeerURLsList())
                        + " IsLearner:" + member.getIsLearner()
                        + "} Attributes:{Name:" + member.getName()
                        + " ClientURLs:" + list(member.getClientURLsList()) + "}}")
                .collect(Collectors.joining(" "));
        return new ClusterConfigException("error validating peerURLs {ClusterID:" + MemberIds.toText(view.clusterId())
                + " Members:[" + members + "] RemovedMemberIDs:[]}: " + why);
    }

    private static String list(List<String> values) {
        return "[" + String.join(" ", values) + "]";
    }

    /** At least one other member has to say that the cluster speaks a version that this one knows, and none another. */
    private void checkVersions(List<Member> members, Member self) throws ClusterConfigException, InterruptedException {
        boolean compatible = false;
        for (Member member : members) {
            if (member.getID() != self.getID()) {
                ClusterVersions.Verdict verdict = versionOf(member);
                if (verdict == ClusterVersions.Verdict.INCOMPATIBLE) {
                    compatible = false;
                    break;
                }
                compatible |= verdict == ClusterVersions.Verdict.COMPATIBLE;
            }
        }
        if (!compatible) {
            throw new ClusterConfigException("incompatible with current running cluster");
        }
    }

    private ClusterVersions.Verdict versionOf(Member member) throws InterruptedException {
        for (String url : member.getPeerURLsList()) {
            try {
                return ClusterVersions.judge(member.getID(), remote.clusterVersion(url, config.requestTimeout()));
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("address", url + "/version")
                        .addKeyValue("remote-member-id", MemberIds.toText(member.getID()))
                        .addKeyValue("error", e.getMessage())
                        .log("failed to reach the peer URL");
            }
        }
        return ClusterVersions.Verdict.UNKNOWN;
    }
}
