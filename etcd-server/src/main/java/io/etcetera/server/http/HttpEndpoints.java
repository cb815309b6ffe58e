package io.etcetera.server.http;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.http.gateway.Gateway;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import java.util.function.Consumer;

/** All that a member answers over HTTP: to clients, and to who only watches over it. Thread-safe. */
public final class HttpEndpoints implements AutoCloseable {
    private final HttpParts parts;
    private final Workers workers;
    private final HttpService clients;
    private final HttpService monitoring;

    /** Endpoints of a running member. */
    public HttpEndpoints(HttpParts parts) {
        EtcdConfig config = parts.member().config();
        this.parts = parts;
        this.workers = new Workers("etcd-http-" + config.name());
        CertificateNames names = new CertificateNames(
                config.clientTls().clientCertAuth() && config.http().grpcGateway(),
                () -> parts.member().permissions().state().isEnabled());
        this.clients = new AccessControl(config.http(), names, clientRoutes());
        this.monitoring = monitoringRoutes();
    }

    /** What clients are answered. */
    public HttpService clients() {
        return clients;
    }

    /** What ports for monitoring answer: health and metrics. */
    public HttpService monitoring() {
        return monitoring;
    }

    private Routes clientRoutes() {
        Routes routes = monitoringRoutes().get("/version", this::version).get("/debug/vars", this::variables);
        if (parts.member().config().http().grpcGateway()) {
            routes.under("/v3/", new Gateway(parts.channel()));
        }
        if (parts.member().config().http().profiling()) {
            new Profiling(workers).addTo(routes);
        }
        return routes;
    }

    private Routes monitoringRoutes() {
        ReadProbe reads = new ReadProbe(parts.member().store(), parts.member().reads());
        Routes routes =
                new Routes().get("/health", new HealthEndpoint(parts, reads)).at("/metrics", this::metrics);
        HealthChecks.livez(parts, reads).addTo(routes);
        HealthChecks.readyz(parts, reads).addTo(routes);
        return routes;
    }

    private void version(HttpRequest request, Consumer<HttpReply> reply) {
        reply.accept(HttpReply.of(
                200, "application/json", PeerJson.versions(parts.member().versions())));
    }

    private void variables(HttpRequest request, Consumer<HttpReply> reply) {
        reply.accept(HttpReply.of(200, "application/json; charset=utf-8", new DebugVars(parts.member()).json()));
    }

    private void metrics(HttpRequest request, HttpExchange exchange) {
        MemberMetrics metrics = parts.member().metrics();
        workers.answer(exchange, () -> HttpReply.of(200, MemberMetrics.CONTENT_TYPE, metrics.scrape()));
    }

    @Override
    public void close() {
        workers.close();
    }
}
