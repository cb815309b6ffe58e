package io.etcetera.server.cluster.boot;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.boot.SrvResolver.SrvRecord;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the members of a new cluster in DNS: services {@code etcd-server-ssl} and {@code etcd-server} of the domain, each
 * with a suffix if there is one. Both are asked, and what either knows counts. This member is the record that leads to the
 * address of one of its peer URLs; the others get numbers for names, until they publish their own.
 */
final class SrvDiscovery {
    private static final Logger log = LoggerFactory.getLogger(SrvDiscovery.class);

    private final EtcdConfig config;
    private final SrvResolver resolver;

    SrvDiscovery(EtcdConfig config, SrvResolver resolver) {
        this.config = config;
        this.resolver = resolver;
    }

    /** @throws ClusterConfigException with etcd's words, if neither service has a record, or none is of this member */
    InitialCluster discover() throws ClusterConfigException {
        List<String> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        ask("https", "etcd-server-ssl", found, failures);
        ask("http", "etcd-server", found, failures);
        String failed = String.join("\n", failures);
        if (!failures.isEmpty()) {
            log.atWarn().addKeyValue("error", failed).log("failed to resolve during SRV discovery");
        }
        if (found.isEmpty() && !failures.isEmpty()) {
            throw new ClusterConfigException(InitialCluster.SETTING_UP + failed);
        }
        found.forEach(node -> log.atInfo().addKeyValue("node", node).log("got bootstrap from DNS for etcd-server"));
        InitialCluster cluster = InitialCluster.parse(String.join(",", found));
        if (!found.isEmpty() && !cluster.urlsByName().containsKey(config.name())) {
            throw new ClusterConfigException(InitialCluster.SETTING_UP + "cannot find local etcd member "
                    + GoText.quote(config.name()) + " in SRV records");
        }
        return cluster;
    }

    private void ask(String scheme, String service, List<String> found, List<String> failures) {
        String suffix = config.discoverySrvName().isEmpty() ? "" : "-" + config.discoverySrvName();
        String name = service + suffix;
        String failure = "";
        try {
            found.addAll(members(scheme, name));
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
            failures.add(failure);
        }
        log.atInfo()
                .addKeyValue("service-scheme", scheme)
                .addKeyValue("service-name", name)
                .addKeyValue("server-name", config.name())
                .addKeyValue("discovery-srv", config.discoverySrv())
                .addKeyValue("advertise-peer-urls", config.initialAdvertisePeerUrls())
                .addKeyValue("found-cluster", List.copyOf(found))
                .addKeyValue("error", failure)
                .log("get cluster for " + service + " SRV");
    }

    /** As name=url. A record that leads nowhere is left out; it is an error only if no other is left. */
    private List<String> members(String scheme, String service) throws IOException {
        Map<InetSocketAddress, URI> own = new HashMap<>();
        for (URI url : config.initialAdvertisePeerUrls()) {
            own.put(address(EtcdUrls.host(url), url.getPort()), url);
        }
        List<String> members = new ArrayList<>();
        IOException failure = null;
        int unnamed = 0;
        try {
            for (SrvRecord record : resolver.lookup("_" + service + "._tcp." + config.discoverySrv())) {
                try {
                    URI ours = own.get(address(record.target(), record.port()));
                    String url = scheme + "://" + hostPort(record);
                    if (ours == null) {
                        members.add(unnamed++ + "=" + url);
                    } else if (scheme.equals(ours.getScheme())) {
                        members.add(config.name() + "=" + url);
                    } else {
                        failure = new IOException("bootstrap at " + url + " from DNS for " + service
                                + " has scheme mismatch with expected peer " + ours);
                    }
                } catch (UnknownHostException e) {
                    failure = new IOException("lookup " + record.target() + ": no such host", e);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
        if (members.isEmpty() && failure != null) {
            throw new IOException(
                    "error querying DNS SRV records for _" + service + " " + failure.getMessage(), failure);
        }
        return members;
    }

    private static String hostPort(SrvRecord record) {
        return (record.target().contains(":") ? "[" + record.target() + "]" : record.target()) + ":" + record.port();
    }

    private static InetSocketAddress address(String host, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }
}
