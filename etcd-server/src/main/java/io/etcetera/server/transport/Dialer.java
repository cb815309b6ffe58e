package io.etcetera.server.transport;

import io.etcetera.server.net.DialAddress;
import io.etcetera.server.tls.ClientTls;
import io.etcetera.server.tls.MemberTls;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Opens connections to other members. Host names are looked up, and TLS is agreed on, on threads of its own, since that can take
 * long; they
 * are there only as long as there is something to look up. Thread-safe.
 */
public final class Dialer implements AutoCloseable {
    private static final int WINDOW_BYTES = 4 << 20;
    /** As much as etcd takes. No member sends that: entries are bounded by --max-request-bytes. */
    private static final int MAX_MESSAGE_BYTES = 512 << 20;

    /** The least that gRPC takes. */
    private static final long COPY_PING_SECONDS = 10;

    private static final int MAX_LOOKUPS = 64;

    private final Lines lines;
    private final MemberTls tls;
    private final int connectTimeoutMillis;
    private final ThreadPoolExecutor lookups;

    public Dialer(Lines lines, MemberTls tls, String name, int connectTimeoutMillis) {
        this.lines = lines;
        this.tls = tls;
        this.connectTimeoutMillis = connectTimeoutMillis;
        this.lookups = new ThreadPoolExecutor(
                0,
                MAX_LOOKUPS,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "etcd-peer-lookup-" + name),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * A channel to one address, all of whose work is done on {@code loop}. Connects with the first call; to be thrown
     * away when a call fails.
     *
     * @throws IllegalArgumentException if the URL cannot be dialled
     */
    public ManagedChannel dial(String peerUrl, EventLoop loop) {
        return builder(peerUrl, loop).build();
    }

    /** The same for a call that may be silent for long: a dead connection is noticed within half a minute. */
    public ManagedChannel dialForCopy(String peerUrl, EventLoop loop) {
        return builder(peerUrl, loop)
                .keepAliveTime(COPY_PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(COPY_PING_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    private NettyChannelBuilder builder(String peerUrl, EventLoop loop) {
        DialAddress address = DialAddress.of(peerUrl);
        NettyChannelBuilder builder = address.socket().isPresent()
                ? NettyChannelBuilder.forAddress(address.socket().get()).overrideAuthority(address.host())
                : NettyChannelBuilder.forTarget("dns:///" + address.url().getRawAuthority());
        return (address.isSecure() ? builder.sslContext(tls(peerUrl)) : builder.usePlaintext())
                .eventLoopGroup(loop)
                .channelType(lines.loops().connectionType(address))
                .directExecutor()
                .offloadExecutor(lookups)
                .disableRetry()
                .disableServiceConfigLookUp()
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .proxyDetector(proxied -> null) // members reach each other directly
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis);
    }

    private ClientTls tls(String peerUrl) {
        try {
            return tls.toPeers();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot dial " + peerUrl + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}
