package io.etcetera.junit5;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.tls.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directory and the ports of one cluster, and its members' configurations there. One thread at a time. */
final class ClusterSite implements AutoCloseable {
    private static final TlsConfig SELF_SIGNED =
            TlsConfig.builder().autoTls(true).build();

    private final Path directory;
    private final FreePorts ports = new FreePorts();

    private ClusterSite(Path directory) {
        this.directory = directory;
    }

    static ClusterSite make() {
        try {
            return new ClusterSite(Files.createTempDirectory("etcetera-"));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for a cluster", e);
        }
    }

    /** One for each member, with ports that are free. */
    List<EtcdConfig> configs(ClusterPlan plan) {
        List<String> names = new ArrayList<>();
        List<URI> peers = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            names.add(plan.name() + i);
            peers.add(url(plan));
        }
        List<String> initial = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            initial.add(names.get(i) + "=" + peers.get(i));
        }
        List<EtcdConfig> configs = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            configs.add(config(plan, names.get(i), peers.get(i), String.join(",", initial)));
        }
        return configs;
    }

    private URI url(ClusterPlan plan) {
        return URI.create(plan.scheme() + "://127.0.0.1:" + ports.next());
    }

    private EtcdConfig config(ClusterPlan plan, String name, URI peer, String initialCluster) {
        List<URI> clients = List.of(url(plan));
        List<URI> peers = List.of(peer);
        TlsConfig tls = plan.tls() ? SELF_SIGNED : TlsConfig.NONE;
        EtcdConfig.Builder config = EtcdConfig.builder()
                .name(name)
                .dataDir(directory.resolve(name))
                .listenClientUrls(clients)
                .advertiseClientUrls(clients)
                .listenPeerUrls(peers)
                .initialAdvertisePeerUrls(peers)
                .initialCluster(initialCluster)
                .initialClusterToken(plan.name())
                .clientTls(tls)
                .peerTls(tls)
                .unsafeNoFsync(true);
        return plan.change().apply(config).build();
    }

    /** Where {@link #gatherCertificates} puts them. */
    Path caFile() {
        return directory.resolve("ca.pem");
    }

    /** Each member vouches for itself; a client that is to know all of them needs all their certificates in one file. */
    void gatherCertificates(List<Path> certificates) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (Path certificate : certificates) {
                all.writeBytes(Files.readAllBytes(certificate));
            }
            Files.write(caFile(), all.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("the members' certificates cannot be gathered", e);
        }
    }

    /** Gives back the ports, and removes all files. */
    @Override
    public void close() {
        ports.close();
        try {
            Files.walkFileTree(directory, new Removal());
        } catch (NoSuchFileException e) {
            return; // somebody has tidied up already
        } catch (IOException e) {
            throw new UncheckedIOException("the cluster's files cannot be removed", e);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
        }
    }
}
