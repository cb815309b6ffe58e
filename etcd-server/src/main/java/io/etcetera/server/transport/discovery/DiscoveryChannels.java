package io.etcetera.server.transport.discovery;

import io.etcetera.server.DiscoveryConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.WorkerPool;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.tls.ClientTls;
import io.etcetera.server.tls.TlsConfig;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections to the endpoints of a discovery service, made when they are first used. */
final class DiscoveryChannels implements AutoCloseable {
    private static final Duration LOOKUP_IDLE = Duration.ofSeconds(1);

    private final EventLoops loops = EventLoops.open("etcd-discovery", 1);
    private final WorkerPool lookups = WorkerPool.unbounded("etcd-discovery-lookup", 1, LOOKUP_IDLE);
    private final List<ManagedChannel> channels = new ArrayList<>();

    private DiscoveryChannels() {}

    /** @throws IOException if an endpoint cannot be understood, or the files for TLS are no good */
    static DiscoveryChannels open(DiscoveryConfig config, TimeSource time) throws IOException {
        DiscoveryChannels channels = new DiscoveryChannels();
        boolean opened = false;
        try {
            for (String endpoint : config.endpoints()) {
                channels.channels.add(channels.channel(endpoint.strip(), config, time));
            }
            opened = true;
            return channels;
        } finally {
            if (!opened) {
                channels.close();
            }
        }
    }

    private ManagedChannel channel(String endpoint, DiscoveryConfig config, TimeSource time) throws IOException {
        int separator = endpoint.indexOf("://");
        String scheme = separator < 0 ? "" : endpoint.substring(0, separator);
        String authority = separator < 0 ? endpoint : endpoint.substring(separator + 3);
        boolean secure = switch (scheme) {
            case "https" -> true;
            case "http" -> false;
            case "" -> config.secure().isAskedFor();
            default -> throw new IOException("endpoint " + endpoint + " is neither host:port nor an http or https URL");
        };
        NettyChannelBuilder builder;
        try {
            builder = NettyChannelBuilder.forTarget("dns:///" + authority);
        } catch (IllegalArgumentException e) {
            throw new IOException("endpoint " + endpoint + " cannot be understood: " + e.getMessage(), e);
        }
        if (!config.keepAliveTime().isZero()) {
            builder.keepAliveTime(config.keepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(config.keepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS);
        }
        return (secure ? builder.sslContext(tls(config.secure(), time)) : builder.usePlaintext())
                .eventLoopGroup(loops.group())
                .channelType(loops.connectionType())
                .directExecutor()
                .offloadExecutor(lookups)
                .disableRetry()
                .disableServiceConfigLookUp()
                .build();
    }

    private static ClientTls tls(DiscoveryConfig.Secure secure, TimeSource time) throws IOException {
        TlsConfig config = TlsConfig.builder()
                .identity(secure.certFile(), secure.keyFile())
                .trustedCaFile(secure.caFile())
                .build();
        return ClientTls.open(config, secure.skipVerify(), "", time);
    }

    /** In the order of the configuration. */
    List<ManagedChannel> all() {
        return channels;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        lookups.close();
        loops.close();
    }
}
