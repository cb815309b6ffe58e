package io.etcetera.server.cluster.boot;

import io.etcetera.server.DiscoveryConfig;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.boot.DiscoveryService.Entries;
import io.etcetera.server.cluster.boot.DiscoveryService.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Finds the members of a new cluster in a discovery service, by etcd's keys and with its words, so that members of either
 * server find each other. The first ones to register, up to the size that was put there, are the cluster. Requests that
 * fail are repeated for as long as it takes; only an interrupt ends that.
 *
 * <pre>
 * /_etcd/registry/TOKEN/_config/size        how many members the cluster is to have
 * /_etcd/registry/TOKEN/members/MEMBER-ID   name=url,name=url
 * </pre>
 */
final class TokenDiscovery {
    private static final Logger log = LoggerFactory.getLogger(TokenDiscovery.class);
    private static final int MOST_DOUBLINGS = 8;

    private final DiscoveryConfig config;
    private final DiscoveryService.Connector connector;
    private final Pause pause;
    private final String sizeKey;
    private final String membersPrefix;
    private final Set<String> seen = new HashSet<>();
    private int failures;

    /** Waits between two tries. */
    @FunctionalInterface
    interface Pause {
        void last(Duration time) throws InterruptedException;
    }

    /** Who has registered: those that count, in the order in which they came. */
    private record Registered(long size, List<Entry> members, long revision) {
        boolean isComplete() {
            return members.size() >= size;
        }

        String text() {
            return members.stream().limit(size).map(Entry::value).collect(Collectors.joining(","));
        }
    }

    TokenDiscovery(DiscoveryConfig config, DiscoveryService.Connector connector, Pause pause) {
        this.config = config;
        this.connector = connector;
        this.pause = pause;
        String prefix = "/_etcd/registry/" + config.token();
        this.sizeKey = clean(prefix + "/_config/size");
        this.membersPrefix = clean(prefix + "/members");
    }

    /** A path without empty, {@code .} and {@code ..} elements, as Go joins paths. */
    private static String clean(String path) {
        List<String> elements = new ArrayList<>();
        for (String element : path.split("/", -1)) {
            if (element.equals("..")) {
                if (!elements.isEmpty()) {
                    elements.remove(elements.size() - 1);
                }
            } else if (!element.isEmpty() && !element.equals(".")) {
                elements.add(element);
            }
        }
        return "/" + String.join("/", elements);
    }

    /**
     * Registers a member, and waits until there are enough of them.
     *
     * @param self this member alone
     * @return all of them
     * @throws DiscoveryException if the token is not prepared, has been used up, or the service cannot be used
     */
    InitialCluster join(long memberId, InitialCluster self) throws DiscoveryException, InterruptedException {
        String key = membersPrefix + "/" + MemberIds.toText(memberId);
        try (DiscoveryService service = connector.connect(config)) {
            check(service, key);
            register(service, key, self.toString());
            Registered registered = check(service, key);
            while (!registered.isComplete()) {
                log("waiting for peers from discovery service", registered);
                awaitChange(service, registered.revision());
                registered = check(service, key);
            }
            log("found all needed peers from discovery service", registered);
            InitialCluster cluster = parse(registered.text());
            about(log.atInfo()).addKeyValue("cluster", registered.text()).log("discovery joined cluster successfully");
            return cluster;
        } catch (IOException e) {
            throw failed(new DiscoveryException(String.valueOf(e.getMessage())));
        } catch (DiscoveryException e) {
            throw failed(e);
        }
    }

    private DiscoveryException failed(DiscoveryException e) {
        about(log.atError()).addKeyValue("error", e.getMessage()).log("discovery failed to join cluster");
        return e;
    }

    private static InitialCluster parse(String text) throws DiscoveryException {
        try {
            return InitialCluster.parse(text);
        } catch (ClusterConfigException e) {
            log.debug("the registered members cannot be read: {}", e.getMessage());
            throw new DiscoveryException("discovery: invalid peer URL");
        }
    }

    /** @throws DiscoveryException if others have taken all places */
    private Registered check(DiscoveryService service, String key) throws DiscoveryException, InterruptedException {
        while (true) {
            try {
                long size = size(service.get(sizeKey));
                Entries all = service.getAll(membersPrefix);
                failures = 0;
                Registered registered = new Registered(size, valid(all), all.revision());
                boolean isIn = registered.members().stream()
                        .limit(size)
                        .anyMatch(member -> member.key().equals(key));
                if (registered.isComplete() && !isIn) {
                    throw new DiscoveryException("discovery: cluster is full");
                }
                return registered;
            } catch (IOException e) {
                retry("failed to get cluster members from discovery service", e, "cluster status check");
            }
        }
    }

    private static long size(Entries found) throws DiscoveryException {
        if (found.entries().isEmpty()) {
            throw new DiscoveryException("discovery: size key not found");
        }
        try {
            long size = Long.parseLong(found.entries().get(0).value());
            if (size > 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            log.debug("the size of the cluster is no number: {}", e.getMessage());
        }
        throw new DiscoveryException("discovery: size key is bad");
    }

    /** What can be read of it, by the order in which it came. Each is told of once. */
    private List<Entry> valid(Entries all) {
        List<Entry> members = new ArrayList<>();
        for (Entry entry : all.entries()) {
            Entry member = new Entry(entry.key().strip(), entry.value().strip(), entry.createRevision());
            boolean isValid = member.value().contains("=");
            if (isValid) {
                members.add(member);
            }
            if (seen.add(member.key())) {
                about(isValid ? log.atInfo() : log.atWarn())
                        .addKeyValue("memberKey", member.key())
                        .addKeyValue("memberInfo", member.value())
                        .log(
                                isValid
                                        ? "found peer from discovery service"
                                        : "invalid peer info returned from discovery service");
            }
        }
        members.sort(Comparator.comparingLong(Entry::createRevision));
        return members;
    }

    private void register(DiscoveryService service, String key, String self) throws InterruptedException {
        while (true) {
            try {
                service.put(key, self);
                failures = 0;
                about(log.atInfo())
                        .addKeyValue("memberKey", key)
                        .addKeyValue("memberInfo", self)
                        .log("register member itself successfully");
                return;
            } catch (IOException e) {
                retry("failed to register members itself to the discovery service", e, "register member itself");
            }
        }
    }

    private void awaitChange(DiscoveryService service, long revision) throws InterruptedException {
        try {
            service.awaitChange(membersPrefix, revision);
        } catch (IOException e) {
            retry("failed to wait for peers from discovery service", e, "waiting for peers");
        }
    }

    /** Waits two seconds, then four, and so on, up to some minutes. */
    private void retry(String what, IOException why, String step) throws InterruptedException {
        failures = Math.min(failures + 1, MOST_DOUBLINGS);
        Duration backoff = Duration.ofSeconds(1L << failures);
        about(log.atWarn()).addKeyValue("error", why.getMessage()).log(what);
        about(log.atWarn())
                .addKeyValue("reason", step)
                .addKeyValue("backoff", backoff)
                .log("retry connecting to discovery service");
        pause.last(backoff);
    }

    private void log(String what, Registered registered) {
        about(log.atInfo())
                .addKeyValue("clusterSize", registered.size())
                .addKeyValue("found-peers", registered.members().size())
                .log(what);
    }

    private LoggingEventBuilder about(LoggingEventBuilder event) {
        return event.addKeyValue("discovery-token", config.token())
                .addKeyValue("discovery-endpoints", String.join(",", config.endpoints()));
    }
}
