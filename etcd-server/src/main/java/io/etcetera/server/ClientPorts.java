package io.etcetera.server;

import io.etcetera.server.http.HttpEndpoints;
import io.etcetera.server.http.HttpParts;
import io.etcetera.server.http.HttpPorts;
import io.etcetera.server.net.http.HttpService;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.port.RpcServer;
import io.etcetera.server.rpc.port.RpcServices;
import io.etcetera.server.tls.ServerTls;
import io.grpc.Channel;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** All ways in which a member is reached by its clients, and by who watches over it. */
final class ClientPorts implements AutoCloseable {
    private final CloseStack open;
    private final RpcServices services;
    private final RpcServer rpc;
    private final HttpPorts http;

    private ClientPorts(MemberParts parts, Optional<ServerTls> tls, CloseStack open) throws IOException {
        EtcdConfig config = parts.config();
        this.open = open;
        services = open.add(RpcServices.open(parts));
        HttpEndpoints endpoints = open.add(new HttpEndpoints(new HttpParts(parts, services.ownChannel())));
        HttpServing clients = serving(parts, endpoints.clients());
        HttpServing monitoring = serving(parts, endpoints.monitoring());
        rpc = open.add(RpcServer.open(services, config, tls, clients));
        http = open.add(HttpPorts.open(config, services.loops(), tls, services.connectionLimit(), clients, monitoring));
    }

    /**
     * Listens. Clients can connect from then on, but get no answer until {@link #serve}; monitoring does.
     *
     * @param tls for the https URLs
     * @throws IOException naming the URL, if one of them cannot be listened on; nothing is left open then
     */
    static ClientPorts open(MemberParts parts, Optional<ServerTls> tls) throws IOException {
        CloseStack open = new CloseStack();
        boolean opened = false;
        try {
            ClientPorts ports = new ClientPorts(parts, tls, open);
            opened = true;
            return ports;
        } finally {
            if (!opened) {
                open.close();
            }
        }
    }

    /** Base64 takes a third more than what it stands for, and what stands for itself in a string may be escaped. */
    private static HttpServing serving(MemberParts parts, HttpService service) {
        int maxBodyBytes = (int) Math.min(Integer.MAX_VALUE, 2L * RpcServices.maxMessageBytes(parts.config()));
        return new HttpServing(service, maxBodyBytes, parts.time());
    }

    /** Begins to answer clients. Any thread; does nothing once closed. */
    void serve() {
        rpc.serve();
        http.serve();
    }

    /** Where gRPC is served, in the order of the configuration, with the ports that were bound. */
    List<URI> urls() {
        return rpc.clientUrls();
    }

    /** Where HTTP is served apart from it. */
    List<URI> httpUrls() {
        return http.clientUrls();
    }

    /** Where metrics and health alone are served. */
    List<URI> metricsUrls() {
        return http.metricsUrls();
    }

    /** The way in without a socket. */
    Channel channel() {
        return services.channel();
    }

    @Override
    public void close() {
        open.close();
    }
}
