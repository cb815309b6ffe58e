package io.etcetera.server;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * What a member serves over HTTP, beside gRPC.
 *
 * @param listenClientUrls where HTTP is served apart from gRPC; none to serve both at the same URLs
 * @param listenMetricsUrls where metrics and health alone are served
 * @param cors origins whose pages may ask; "*", or none named, is all
 * @param hostWhitelist host names under which the member may be asked without TLS; "*", or none named, is all
 * @param grpcGateway serve the API as JSON
 * @param profiling serve what tells about the inside of the process
 */
public record HttpConfig(
        List<URI> listenClientUrls,
        List<URI> listenMetricsUrls,
        Set<String> cors,
        Set<String> hostWhitelist,
        boolean grpcGateway,
        boolean profiling) {

    /** etcd's defaults. */
    public static final HttpConfig DEFAULT =
            new HttpConfig(List.of(), List.of(), Set.of("*"), Set.of("*"), true, false);

    public HttpConfig {
        listenClientUrls = List.copyOf(listenClientUrls);
        listenMetricsUrls = List.copyOf(listenMetricsUrls);
        cors = Set.copyOf(cors);
        hostWhitelist = Set.copyOf(hostWhitelist);
    }

    /** The same with other places to listen at. */
    public HttpConfig withListenUrls(List<URI> clients, List<URI> metrics) {
        return new HttpConfig(clients, metrics, cors, hostWhitelist, grpcGateway, profiling);
    }

    /** The same for other origins and hosts. */
    public HttpConfig withAccess(Set<String> origins, Set<String> hosts) {
        return new HttpConfig(listenClientUrls, listenMetricsUrls, origins, hosts, grpcGateway, profiling);
    }

    /** The same, with or without the API as JSON. */
    public HttpConfig withGrpcGateway(boolean on) {
        return new HttpConfig(listenClientUrls, listenMetricsUrls, cors, hostWhitelist, on, profiling);
    }

    /** The same, with or without the inside of the process. */
    public HttpConfig withProfiling(boolean on) {
        return new HttpConfig(listenClientUrls, listenMetricsUrls, cors, hostWhitelist, grpcGateway, on);
    }
}
