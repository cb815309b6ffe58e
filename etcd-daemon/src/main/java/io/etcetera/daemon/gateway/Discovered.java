package io.etcetera.daemon.gateway;

import io.etcetera.server.cluster.boot.DnsSrvResolver;
import io.etcetera.server.cluster.boot.SrvResolver;
import io.etcetera.server.text.GoText;
import io.etcetera.server.text.OsErrors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints from DNS: services {@code etcd-client-ssl} and {@code etcd-client} of a domain. */
final class Discovered {
    private static final Logger LOG = LoggerFactory.getLogger(Discovered.class);
    private static final int DIAL_MILLIS = 5_000;

    private final SrvResolver resolver;
    private final String domain;
    private final String suffix;

    /** @param secure whether it was found as one that speaks TLS */
    private record Found(boolean secure, Endpoint endpoint) {
        String url() {
            return (secure ? "https://" : "http://") + endpoint.address();
        }
    }

    /** @param serviceName behind the names of the services, if it is not empty */
    Discovered(String domain, String serviceName) {
        this(DnsSrvResolver.ofSystem(), domain, serviceName);
    }

    Discovered(SrvResolver resolver, String domain, String serviceName) {
        this.resolver = resolver;
        this.domain = domain;
        this.suffix = serviceName.isEmpty() ? "" : "-" + serviceName;
    }

    /**
     * Looks them up. As in etcd, those that do not speak TLS, or cannot be reached, count only if that is asked for.
     *
     * @param trustedCaFile must be readable, if it is not empty
     * @throws IOException in etcd's words, if DNS knows none
     */
    List<Endpoint> find(boolean insecure, String trustedCaFile) throws IOException {
        List<Found> found = lookUp();
        List<String> urls = found.stream().map(Found::url).toList();
        log("discovered cluster from SRV", urls);
        if (insecure) {
            return found.stream().map(Found::endpoint).toList();
        }
        log("validating discovered SRV endpoints", urls);
        List<Found> good = new ArrayList<>();
        String failures = validate(found, trustedCaFile, good);
        if (failures.isEmpty()) {
            log("using validated discovered SRV endpoints", urls);
        } else {
            LOG.atWarn()
                    .addKeyValue("srv-server", domain)
                    .addKeyValue("endpoints", good.stream().map(Found::url).toList())
                    .addKeyValue("error", failures)
                    .log("failed to validate discovered endpoints");
        }
        return good.stream().map(Found::endpoint).toList();
    }

    private void log(String message, List<String> urls) {
        LOG.atInfo()
                .addKeyValue("srv-server", domain)
                .addKeyValue("endpoints", urls)
                .log(message);
    }

    private List<Found> lookUp() throws IOException {
        List<Found> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (boolean secure : List.of(true, false)) {
            String service = "etcd-client" + (secure ? "-ssl" : "") + suffix;
            try {
                resolver.lookup("_" + service + "._tcp." + domain)
                        .forEach(record -> found.add(new Found(
                                secure,
                                new Endpoint(record.target(), record.port(), record.priority(), record.weight()))));
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        if (failures.size() == 2) {
            throw new IOException("dns lookup errors: " + String.join(" and ", failures));
        }
        return found;
    }

    private static String validate(List<Found> found, String trustedCaFile, List<Found> good) {
        if (!trustedCaFile.isEmpty()) {
            try {
                Files.readAllBytes(Path.of(trustedCaFile));
            } catch (IOException e) {
                return OsErrors.describe("open", trustedCaFile, e);
            }
        }
        List<String> failures = new ArrayList<>();
        for (Found one : found) {
            if (!one.secure) {
                failures.add(GoText.quote(one.url()) + " is insecure");
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(one.endpoint.host(), one.endpoint.port()), DIAL_MILLIS);
                good.add(one);
            } catch (IOException e) {
                failures.add(GoText.quote(one.url()) + " failed to dial (" + e.getMessage() + ")");
            }
        }
        return String.join(",", failures);
    }
}
