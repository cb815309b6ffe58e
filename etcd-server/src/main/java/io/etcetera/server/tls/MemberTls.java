package io.etcetera.server.tls;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.WorkerPool;
import io.etcetera.server.text.BadValueException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one member: of what it accepts on its two ports, and of what it connects to. Opened before the member serves
 * anybody, and closed after it serves nobody. What is wrong with files or options is found when this is opened. The
 * checks, their order and their words are etcd's.
 */
public final class MemberTls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MemberTls.class);

    private static final int THREADS = 8;
    private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

    private final TlsConfig peerConfig;
    private final String peerName;
    private final TimeSource time;
    /**
     * For the parts of handshakes that take long: signatures, files, name services. Several, so that one slow name service
     * does not keep everybody out. A connection has one task at a time, and ends if its handshake takes too long.
     */
    private final WorkerPool threads;

    private final Identities identities = new Identities();

    private final Optional<ServerTls> peerPort;
    private final Optional<ServerTls> clientPort;
    private @Nullable ClientTls toPeers;

    private MemberTls(EtcdConfig config, TimeSource time, WorkerPool threads) throws IOException {
        this.time = time;
        this.threads = threads;
        this.peerConfig = withSelfSigned(config.peerTls(), "peer", config.listenPeerUrls(), config);
        // Members that are found in DNS may share one certificate, of their domain. Who names a CA trusts that for
        // hosts.
        this.peerName = peerConfig.trustedCaFile().isEmpty() ? config.discoverySrv() : "";
        logStart("peer", peerConfig);
        this.peerPort = peerPort(config.listenPeerUrls());
        if (!peerConfig.isEmpty()) {
            // The files are those of connections to peers as well, whatever the schemes of our own URLs.
            this.toPeers = toPeers();
        }
        List<URI> clientUrls = union(config.listenClientUrls(), config.http().listenClientUrls());
        TlsConfig client = withSelfSigned(config.clientTls(), "client", clientUrls, config);
        checkClientUrls(client, clientUrls);
        checkMetricsUrls(client, config.http().listenMetricsUrls());
        logStart("client", client);
        try {
            this.clientPort = clientPort(client, union(clientUrls, config.http().listenMetricsUrls()));
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    /**
     * Reads and checks everything; may create certificates in the data directory.
     *
     * @throws ListenerException with etcd's words if the client port's files are no good
     * @throws IOException with etcd's words if something else is
     */
    public static MemberTls open(EtcdConfig config, TimeSource time) throws IOException {
        WorkerPool threads = WorkerPool.unbounded("etcd-tls-" + config.name(), THREADS, THREAD_IDLE);
        boolean opened = false;
        try {
            check(config.peerTls());
            check(config.clientTls());
            MemberTls tls = new MemberTls(config, time, threads);
            opened = true;
            return tls;
        } finally {
            if (!opened) {
                threads.close();
            }
        }
    }

    /** For the https URLs of clients and monitoring; empty if there is none. */
    public Optional<ServerTls> clientPort() {
        return clientPort;
    }

    /** For the https URLs of the peer port; empty if there is none. */
    public Optional<ServerTls> peerPort() {
        return peerPort;
    }

    /**
     * For connections to https URLs of peers.
     *
     * @throws IOException if the CAs of the system cannot be read
     */
    public synchronized ClientTls toPeers() throws IOException {
        ClientTls existing = toPeers;
        if (existing != null) {
            return existing;
        }
        ClientTls made = ClientTls.open(peerConfig, identities, peerConfig.autoTls(), peerName, time);
        toPeers = made;
        return made;
    }

    /** For what takes long in handshakes of connections to peers. */
    public Executor threads() {
        return threads;
    }

    private static void check(TlsConfig config) throws TlsMaterialException {
        try {
            config.check();
        } catch (BadValueException e) {
            throw new TlsMaterialException(String.valueOf(e.getMessage()), e);
        }
        CipherSuites.check(config.cipherSuites());
    }

    private TlsConfig withSelfSigned(TlsConfig config, String side, List<URI> urls, EtcdConfig member)
            throws IOException {
        if (!config.autoTls()) {
            return config;
        }
        if (!config.isEmpty()) {
            log.warn("ignoring {} auto TLS since certs given", side);
            return config.toBuilder().autoTls(false).build();
        }
        try {
            return SelfSignedFiles.use(
                    config, member.dataDir().resolve("fixtures").resolve(side), urls, time);
        } catch (IOException e) {
            throw new IOException("failed to get " + side + " self-signed certs: " + e.getMessage(), e);
        }
    }

    private static void logStart(String side, TlsConfig config) {
        if (!config.isEmpty()) {
            log.atInfo()
                    .addKeyValue("tls-info", config.describe())
                    .addKeyValue("cipher-suites", config.cipherSuites())
                    .log("starting with {} TLS", side);
        }
    }

    private Optional<ServerTls> peerPort(List<URI> urls) throws IOException {
        boolean secure = false;
        for (URI url : urls) {
            if (isSecure(url)) {
                secure = true;
                if (peerConfig.isEmpty()) {
                    throw new TlsMaterialException("cannot listen on TLS for " + url.getRawAuthority()
                            + ": KeyFile and CertFile are not presented");
                }
            } else {
                warnOfPlain("peer", url, peerConfig, "scheme is HTTP while", "--peer-client-cert-auth");
            }
        }
        if (!secure) {
            return Optional.empty();
        }
        Material.check(peerConfig, identities);
        Optional<OriginCheck> origin = peerConfig.skipClientSanVerification()
                ? Optional.empty()
                : Optional.of(new OriginCheck(NameService.ofSystem()));
        // By the JDK: members connect seldom, and the check of where they connect from may wait for a name service.
        return Optional.of(ServerTls.byJdk(
                PortTerms.of(peerConfig, identities, rules(peerConfig, origin)),
                threads,
                "rejected connection on peer endpoint"));
    }

    private static void checkClientUrls(TlsConfig config, List<URI> urls) throws TlsMaterialException {
        for (URI url : urls) {
            if (!isSecure(url)) {
                warnOfPlain("client", url, config, "scheme is http or unix while", "--client-cert-auth");
            } else if (config.isEmpty()) {
                throw new TlsMaterialException("TLS key/cert (--cert-file, --key-file) must be provided for client url "
                        + url + " with HTTPS scheme");
            }
        }
    }

    private static void checkMetricsUrls(TlsConfig config, List<URI> urls) throws TlsMaterialException {
        if (config.isEmpty() && urls.stream().anyMatch(MemberTls::isSecure)) {
            throw new TlsMaterialException(
                    "client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url");
        }
    }

    private static List<URI> union(List<URI> some, List<URI> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private Optional<ServerTls> clientPort(TlsConfig config, List<URI> urls) throws IOException {
        if (urls.stream().noneMatch(MemberTls::isSecure)) {
            return Optional.empty();
        }
        Material.check(config, identities);
        CipherSuites.checkForHttp2(config.cipherSuites());
        return Optional.of(ServerTls.byFastest(
                PortTerms.of(config, identities, rules(config, Optional.empty())),
                threads,
                "rejected connection on client endpoint"));
    }

    private ClientRules rules(TlsConfig config, Optional<OriginCheck> origin) throws TlsMaterialException {
        return new ClientRules(
                config.wantsClientCertificate() ? Optional.of(verifier(config)) : Optional.empty(),
                config.allowedCommonNames(),
                config.allowedHostnames(),
                config.crlFile().isEmpty() ? Optional.empty() : Optional.of(new RevocationList(config.crlFile())),
                origin);
    }

    private CertificateVerifier verifier(TlsConfig config) throws TlsMaterialException {
        return CertificateVerifier.of(config, time);
    }

    private static boolean isSecure(URI url) {
        return url.getScheme().endsWith("s");
    }

    private static void warnOfPlain(String side, URI url, TlsConfig config, String beginning, String flag) {
        if (!config.isEmpty()) {
            log.atWarn()
                    .addKeyValue(side + "-url", url.toString())
                    .log("{} key and cert files are present; ignoring key and cert files", beginning);
        }
        if (config.clientCertAuth()) {
            log.atWarn()
                    .addKeyValue(side + "-url", url.toString())
                    .log("{} {} is enabled; ignoring client cert auth for this URL", beginning, flag);
        }
    }

    @Override
    public void close() {
        threads.close();
        clientPort.ifPresent(ServerTls::close);
        peerPort.ifPresent(ServerTls::close);
    }
}
