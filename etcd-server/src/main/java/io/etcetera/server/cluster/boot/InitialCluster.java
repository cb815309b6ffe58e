package io.etcetera.server.cluster.boot;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoText;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The members that a cluster has when one of them starts for the first time, as configured there.
 *
 * @param urlsByName each member's peer URLs, sorted
 */
public record InitialCluster(Map<String, List<String>> urlsByName) {

    /** What comes before an error in the list itself. */
    static final String SETTING_UP = "error setting up initial cluster: ";

    /** The cluster of one member, as it is written in the configuration. */
    public static String ofOne(String name, List<URI> urls) {
        return named(name, urls.stream().map(URI::toString).toList());
    }

    /** Reads {@code name=url,name=url}; a name may come more than once. */
    public static InitialCluster parse(String text) throws ClusterConfigException {
        Map<String, List<String>> urlsByName = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                String url = equals < 0 ? "" : part.substring(equals + 1);
                urlsByName.computeIfAbsent(name, n -> new ArrayList<>()).add(checked(url));
            }
        }
        urlsByName.values().forEach(urls -> urls.sort(null));
        return new InitialCluster(urlsByName);
    }

    private static String checked(String url) throws ClusterConfigException {
        try {
            return EtcdUrls.one(url).toString();
        } catch (BadValueException e) {
            throw new ClusterConfigException(SETTING_UP + e.getMessage());
        }
    }

    /**
     * Checks what a member's configuration says about its cluster, as far as that can be seen without asking anybody:
     * nothing, if it is to be found in DNS or in a discovery service.
     *
     * @throws ClusterConfigException if no member can start with it, with etcd's words
     */
    public static void check(EtcdConfig config) throws ClusterConfigException {
        if (config.discoverySrv().isEmpty() && !config.discovery().isWanted()) {
            parse(config.initialCluster()).verify(config);
        }
    }

    void verify(EtcdConfig config) throws ClusterConfigException {
        List<String> local = urlsByName.get(config.name());
        if (local == null) {
            throw new ClusterConfigException("couldn't find local name " + GoText.quote(config.name())
                    + " in the initial cluster configuration");
        }
        if (!config.initialClusterExisting()) {
            // Who joins has told the cluster its URLs already.
            checkAdvertised(config, local);
        }
        refuseDuplicateUrls("initial cluster");
    }

    /** @param what this is, for the message */
    void refuseDuplicateUrls(String what) throws ClusterConfigException {
        Set<String> seen = new HashSet<>();
        for (List<String> urls : urlsByName.values()) {
            for (String url : urls) {
                if (!seen.add(url)) {
                    throw new ClusterConfigException(what + " " + this + " has duplicate url");
                }
            }
        }
    }

    /** The members of a new cluster, with the IDs that follow from their URLs and the cluster's token. */
    public List<Member> members(String token) {
        return urlsByName.entrySet().stream()
                .map(entry -> Member.newBuilder()
                        .setID(MemberIds.member(entry.getValue(), token))
                        .setName(entry.getKey())
                        .addAllPeerURLs(entry.getValue())
                        .build())
                .toList();
    }

    /** Peer URLs of everybody else, in order. */
    List<String> urlsOfOthers(String name) {
        return urlsByName.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(name))
                .flatMap(entry -> entry.getValue().stream())
                .sorted()
                .toList();
    }

    private static void checkAdvertised(EtcdConfig config, List<String> local) throws ClusterConfigException {
        List<String> advertised = config.initialAdvertisePeerUrls().stream()
                .map(URI::toString)
                .sorted()
                .toList();
        String advertisedText = String.join(",", advertised);
        String difference = PeerUrls.difference(advertised, local);
        if (difference.isEmpty()) {
            return;
        }
        String missing = named(config.name(), without(local, advertised));
        if (!missing.isEmpty()) {
            throw new ClusterConfigException("--initial-cluster has " + missing
                    + " but missing from --initial-advertise-peer-urls=" + advertisedText + " (" + difference + ")");
        }
        // The list behind --initial-cluster= is the advertised one, with names: odd, but what etcd says.
        String asAdvertised = "--initial-cluster=" + named(config.name(), advertised);
        String extra = String.join(",", without(advertised, local));
        throw new ClusterConfigException(
                extra.isEmpty()
                        ? "failed to resolve " + advertisedText + " to match " + asAdvertised + " (" + difference + ")"
                        : "--initial-advertise-peer-urls has " + extra + " but missing from " + asAdvertised);
    }

    private static List<String> without(List<String> urls, List<String> others) {
        return urls.stream().filter(url -> !others.contains(url)).toList();
    }

    private static String named(String name, List<String> urls) {
        return urls.stream().map(url -> name + "=" + url).collect(Collectors.joining(","));
    }

    /** As configured, in order of names. */
    @Override
    public String toString() {
        return urlsByName.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(url -> entry.getKey() + "=" + url))
                .collect(Collectors.joining(","));
    }
}
