package io.etcetera.daemon.training;

import io.etcetera.daemon.Daemon;
import io.etcetera.daemon.EtcdMember;
import io.etcetera.daemon.MemberStarter;
import io.etcetera.daemon.RunningMember;
import io.etcetera.daemon.Signals;
import io.etcetera.daemon.log.Logs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A run for the JVM to see which classes a member needs: starts one in a temporary directory, and a cluster of two beside it, and
 * stops them when they have served what clients, probes and Prometheus ask for, and under load if the JVM can learn from that.
 * Run by {@code lib/make-archive.sh}, under a JVM that archives its classes when it ends.
 */
public final class ArchiveTraining {
    private ArchiveTraining() {}

    /** Runs it; does not return. The status tells whether the member started. */
    public static void main(String[] arguments) throws IOException {
        Logs.own();
        Path directory = Files.createTempDirectory("etcd-archive");
        int status;
        try {
            status = run(directory);
        } finally {
            delete(directory);
        }
        System.exit(status);
    }

    private static int run(Path directory) {
        Daemon[] daemon = new Daemon[1];
        MemberStarter starter = (config, onFailure) -> {
            RunningMember member = EtcdMember.start(config, onFailure);
            PairTraining.run(directory);
            LoadTraining.run(url(member, "http"), LoadTraining.calls());
            HttpTraining.run(url(member, "http"));
            shakeHands(url(member, "https"), directory.resolve("data/fixtures/client/cert.pem"));
            daemon[0].stop(new Daemon.Stop.Signalled(Signals.Kind.TERM));
            return member;
        };
        daemon[0] = new Daemon(starter, Map.of(), System.out, System.err);
        List<String> arguments = List.of(
                "--name=training",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=http://127.0.0.1:0,https://127.0.0.1:0",
                "--auto-tls",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--listen-peer-urls=http://127.0.0.1:0",
                "--log-outputs=" + directory.resolve("log"));
        return daemon[0].run(arguments, kind -> {});
    }

    private static URI url(RunningMember member, String scheme) {
        return member.clientUrls().stream()
                .filter(url -> url.getScheme().equals(scheme))
                .findFirst()
                .orElseThrow();
    }

    /** Half of the classes of TLS are needed with the first client, who would have to wait for them. */
    private static void shakeHands(URI url, Path certificate) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "member", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (Socket socket = context.getSocketFactory().createSocket(url.getHost(), url.getPort())) {
            ((SSLSocket) socket).startHandshake();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
