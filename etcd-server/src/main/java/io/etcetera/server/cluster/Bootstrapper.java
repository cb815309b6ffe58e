package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who a member is that starts for the first time, and who the others are: from the configuration if it makes a
 * new cluster, from the running members if it joins one. Used by the thread that starts the member.
 */
public final class Bootstrapper {
    private static final Logger log = LoggerFactory.getLogger(Bootstrapper.class);

    /** How long each URL of a cluster that may not be there is given. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    private final EtcdConfig config;
    private final RemoteCluster remote;
    private final SrvResolver resolver;
    private @Nullable Bootstrap bootstrap;

    public Bootstrapper(EtcdConfig config, RemoteCluster remote) {
        this(config, remote, DnsSrvResolver.ofSystem());
    }

    Bootstrapper(EtcdConfig config, RemoteCluster remote, SrvResolver resolver) {
        this.config = config;
        this.remote = remote;
        this.resolver = resolver;
    }

    /**
     * What the member begins with. Found once; changes nothing.
     *
     * @throws ClusterConfigException with etcd's words, if it cannot start like this
     */
    Bootstrap bootstrap() throws ClusterConfigException, InterruptedException {
        Bootstrap found = bootstrap;
        if (found == null) {
            InitialCluster initial = config.discoverySrv().isEmpty()
                    ? InitialCluster.parse(config.initialCluster())
                    : new SrvDiscovery(config, resolver).discover();
            initial.verify(config);
            found = config.initialClusterExisting() ? new Joining(config, remote, initial).join() : found(initial);
            bootstrap = found;
        }
        return found;
    }

    private Bootstrap found(InitialCluster initial) throws ClusterConfigException, InterruptedException {
        List<Member> members = initial.members(config.initialClusterToken());
        Member self = members.stream()
                .filter(member -> member.getName().equals(config.name()))
                .findFirst()
                .orElseThrow();
        for (String url : initial.urlsOfOthers(config.name())) {
            Optional<RemoteCluster.View> view = probe(url);
            if (view.isPresent()) {
                refuseIfStartedBefore(self, view.get());
                break;
            }
        }
        long clusterId = MemberIds.cluster(members.stream().map(Member::getID).toList());
        return new Bootstrap(new Identity(self.getID(), clusterId), members);
    }

    private Optional<RemoteCluster.View> probe(String url) throws InterruptedException {
        try {
            return Optional.of(remote.members(url, PROBE_TIMEOUT));
        } catch (IOException e) {
            log.atDebug().addKeyValue("peer-url", url).setCause(e).log("this member starts first");
            return Optional.empty();
        }
    }

    /**
     * A member that has published its client URLs has voted and acknowledged entries: starting it again with nothing
     * would forget both.
     */
    private static void refuseIfStartedBefore(Member self, RemoteCluster.View view) throws ClusterConfigException {
        for (Member member : view.members()) {
            if (member.getID() == self.getID() && member.getClientURLsCount() > 0) {
                throw new ClusterConfigException(
                        "member " + MemberIds.toText(self.getID()) + " has already been bootstrapped");
            }
        }
    }
}
