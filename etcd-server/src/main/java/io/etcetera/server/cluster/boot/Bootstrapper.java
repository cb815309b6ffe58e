package io.etcetera.server.cluster.boot;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.FirstStart;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.text.GoText;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who a member is that starts for the first time, and who the others are: from the configuration, DNS or a
 * discovery service if it makes a new cluster, from the running members if it joins one. Used by the thread that starts the member.
 */
public final class Bootstrapper implements FirstStart {
    private static final Logger log = LoggerFactory.getLogger(Bootstrapper.class);

    /** How long each URL of a cluster that may not be there is given. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    private final EtcdConfig config;
    private final RemoteCluster remote;
    private final DiscoveryService.Connector discovery;
    private final SrvResolver resolver;
    private @Nullable Bootstrap bootstrap;

    public Bootstrapper(EtcdConfig config, RemoteCluster remote, DiscoveryService.Connector discovery) {
        this(config, remote, discovery, DnsSrvResolver.ofSystem());
    }

    Bootstrapper(EtcdConfig config, RemoteCluster remote, DiscoveryService.Connector discovery, SrvResolver resolver) {
        this.config = config;
        this.remote = remote;
        this.discovery = discovery;
        this.resolver = resolver;
    }

    @Override
    public Bootstrap bootstrap() throws ClusterConfigException, InterruptedException {
        Bootstrap found = bootstrap;
        if (found == null) {
            InitialCluster initial = initial();
            initial.verify(config);
            if (config.initialClusterExisting()) {
                found = new Joining(config, remote, initial).join();
            } else {
                found = found(config.discovery().isWanted() ? discover(initial) : initial);
            }
            bootstrap = found;
        }
        return found;
    }

    /** As far as it is known without a discovery service. */
    private InitialCluster initial() throws ClusterConfigException {
        if (config.discovery().isWanted()) {
            return InitialCluster.parse(InitialCluster.ofOne(config.name(), config.initialAdvertisePeerUrls()));
        }
        return config.discoverySrv().isEmpty()
                ? InitialCluster.parse(config.initialCluster())
                : new SrvDiscovery(config, resolver).discover();
    }

    private InitialCluster discover(InitialCluster self) throws ClusterConfigException, InterruptedException {
        log.info("Bootstrapping cluster using v3 discovery.");
        long id = self(self.members(token())).getID();
        InitialCluster found = new TokenDiscovery(
                        config.discovery(), discovery, pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()))
                .join(id, self);
        found.refuseDuplicateUrls("discovery cluster");
        if (self(found.members(token())).getID() != id) {
            throw new ClusterConfigException("discovery cluster " + found + " has several members called "
                    + GoText.quote(config.name()) + "; give each a --name of its own, and use a new token");
        }
        return found;
    }

    private String token() {
        return config.discovery().isWanted() ? config.discovery().token() : config.initialClusterToken();
    }

    private Member self(List<Member> members) {
        return members.stream()
                .filter(member -> member.getName().equals(config.name()))
                .findFirst()
                .orElseThrow();
    }

    private Bootstrap found(InitialCluster initial) throws ClusterConfigException, InterruptedException {
        List<Member> members = initial.members(token());
        Member self = self(members);
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
