package io.etcetera.daemon.training;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Starts a cluster of two in this process, connected by TLS, and stops it: what members need for one another is more than
 * half of the classes that a member of a cluster needs before it can be ready.
 */
final class PairTraining {
    private static final List<String> NAMES = List.of("one", "other");

    private static final long PATIENCE_SECONDS = 120;
    private static final int SHARE_OF_THE_CALLS = 6;

    private PairTraining() {}

    /** Returns when both have been ready, and under load. */
    static void run(Path directory) throws IOException, InterruptedException {
        List<URI> peerUrls = List.of(freeUrl(), freeUrl());
        String cluster = NAMES.get(0) + "=" + peerUrls.get(0) + "," + NAMES.get(1) + "=" + peerUrls.get(1);
        ExecutorService threads = Executors.newFixedThreadPool(NAMES.size());
        try {
            List<Callable<Etcd>> starts = List.of(
                    () -> Etcd.start(config(directory, 0, peerUrls.get(0), cluster)),
                    () -> Etcd.start(config(directory, 1, peerUrls.get(1), cluster)));
            List<Etcd> members = new ArrayList<>();
            for (Future<Etcd> started : threads.invokeAll(starts, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                members.add(started.get());
            }
            // One of them leads, the other passes on what it is asked.
            for (Etcd member : members) {
                LoadTraining.run(member.clientUrls().get(0), LoadTraining.calls() / SHARE_OF_THE_CALLS);
            }
            members.forEach(Etcd::close);
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("no cluster of two could be started: " + e, e);
        } finally {
            threads.shutdown();
        }
    }

    private static EtcdConfig config(Path directory, int number, URI peerUrl, String cluster) {
        return EtcdConfig.builder()
                .name(NAMES.get(number))
                .dataDir(directory.resolve(NAMES.get(number)))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(List.of(peerUrl))
                .initialAdvertisePeerUrls(List.of(peerUrl))
                .initialCluster(cluster)
                .peerTls(TlsConfig.builder().autoTls(true).build())
                .build();
    }

    /** A port that was free a moment ago. If somebody else takes it, packaging fails and is to be done again. */
    private static URI freeUrl() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("https://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
