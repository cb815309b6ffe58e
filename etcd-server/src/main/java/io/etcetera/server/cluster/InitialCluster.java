package io.etcetera.server.cluster;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoText;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The members that a new cluster starts with, as configured.
 *
 * @param urlsByName each member's peer URLs, sorted
 */
public record InitialCluster(Map<String, List<String>> urlsByName) {

    /** The cluster of one member, as it is written in the configuration. */
    public static String ofOne(String name, List<URI> urls) {
        return named(name, urls.stream().map(URI::toString).toList());
    }

    /** Reads {@code name=url,name=url}; a name may come more than once. */
    static InitialCluster parse(String text) throws ClusterConfigException {
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
            throw new ClusterConfigException("error setting up initial cluster: " + e.getMessage());
        }
    }

    /**
     * Checks that the configuration describes a new cluster that this member can be the first of.
     *
     * @throws ClusterConfigException if not, mostly with etcd's words
     */
    public static void check(EtcdConfig config) throws ClusterConfigException {
        localPeerUrls(config);
    }

    /** Peer URLs of the one member of a new cluster, after {@link #check(EtcdConfig)}. */
    static List<String> localPeerUrls(EtcdConfig config) throws ClusterConfigException {
        if (config.initialClusterExisting()) {
            throw new ClusterConfigException(
                    "--initial-cluster-state=existing: joining a cluster is not available in this"
                            + " version; start a new one with --initial-cluster-state=new");
        }
        InitialCluster initial = parse(config.initialCluster());
        initial.checkLocal(config);
        return initial.urlsByName().getOrDefault(config.name(), List.of());
    }

    /** Checks what the configuration says elsewhere about this member. */
    private void checkLocal(EtcdConfig config) throws ClusterConfigException {
        List<String> local = urlsByName.get(config.name());
        if (local == null) {
            throw new ClusterConfigException("couldn't find local name " + GoText.quote(config.name())
                    + " in the initial cluster configuration");
        }
        checkAdvertised(config, local);
        Set<String> seen = new HashSet<>();
        for (List<String> urls : urlsByName.values()) {
            for (String url : urls) {
                if (!seen.add(url)) {
                    throw new ClusterConfigException("initial cluster " + this + " has duplicate url");
                }
            }
        }
        if (urlsByName.size() > 1) {
            throw new ClusterConfigException("--initial-cluster names " + urlsByName.size()
                    + " members, and clusters of several members are not available in this version;"
                    + " start with a single member in --initial-cluster");
        }
    }

    private static void checkAdvertised(EtcdConfig config, List<String> local) throws ClusterConfigException {
        List<String> advertised = config.initialAdvertisePeerUrls().stream()
                .map(URI::toString)
                .sorted()
                .toList();
        String advertisedText = String.join(",", advertised);
        String difference = difference(advertised, local);
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

    /** How two lists of URLs differ, or nothing if they mean the same addresses. */
    private static String difference(List<String> advertised, List<String> initial) {
        if (advertised.size() != initial.size()) {
            return "len(" + quoted(advertised) + ") != len(" + quoted(initial) + ")";
        }
        List<String> resolvedAdvertised =
                advertised.stream().map(InitialCluster::resolved).sorted().toList();
        List<String> resolvedInitial =
                initial.stream().map(InitialCluster::resolved).sorted().toList();
        for (int i = 0; i < resolvedInitial.size(); i++) {
            if (!resolvedAdvertised.get(i).equals(resolvedInitial.get(i))) {
                return "resolved urls: " + GoText.quote(advertised.get(i)) + " != " + GoText.quote(initial.get(i));
            }
        }
        return "";
    }

    private static String quoted(List<String> urls) {
        return urls.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
    }

    /** With the host's address in place of its name, where there is one; "localhost" stays, as in etcd. */
    private static String resolved(String text) {
        URI url = URI.create(text);
        String host = url.getHost();
        if (host == null || host.equals("localhost")) {
            return text;
        }
        try {
            return url.getScheme() + "://" + InetAddress.getByName(host).getHostAddress() + ":" + url.getPort();
        } catch (UnknownHostException e) {
            return text;
        }
    }

    /** As configured, in order of names. */
    @Override
    public String toString() {
        return urlsByName.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(url -> entry.getKey() + "=" + url))
                .collect(Collectors.joining(","));
    }
}
