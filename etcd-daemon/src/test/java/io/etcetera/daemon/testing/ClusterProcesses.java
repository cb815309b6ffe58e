package io.etcetera.daemon.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The members of a new cluster as processes, ours or stock ones: named m0, m1 and so on, on free ports. */
public final class ClusterProcesses implements AutoCloseable {
    private final Path program;
    private final Path directory;
    private final List<Integer> peerPorts;
    private final List<String> flags;
    private final List<ServerProcess> members = new ArrayList<>();

    /** Starts none yet. Each will have these flags, too. */
    public ClusterProcesses(Path program, Path directory, List<Integer> peerPorts, String... flags) {
        this.program = program;
        this.directory = directory;
        this.peerPorts = List.copyOf(peerPorts);
        this.flags = List.of(flags);
    }

    /** Starts all, and waits until all are ready. */
    public static ClusterProcesses start(Path program, Path directory, List<Integer> peerPorts)
            throws IOException, InterruptedException {
        ClusterProcesses cluster = new ClusterProcesses(program, directory, peerPorts);
        try {
            for (int i = 0; i < peerPorts.size(); i++) {
                cluster.launchNext();
            }
            cluster.awaitReady();
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    public static List<Integer> freePorts(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> ServerProcess.freePort())
                .toList();
    }

    /** Starts the next member without waiting. */
    public ServerProcess launchNext() throws IOException {
        int number = members.size();
        ServerProcess member = launch(number, initialCluster());
        members.add(member);
        return member;
    }

    /** Starts a member that the cluster has been told of, without waiting. */
    public ServerProcess launchJoining(int peerPort) throws IOException {
        String everybody = initialCluster() + ",joining=" + url(peerPort);
        ServerProcess member = ServerProcess.launchOnly(
                program,
                directory.resolve("joining"),
                "--name=joining",
                "--listen-peer-urls=" + url(peerPort),
                "--initial-advertise-peer-urls=" + url(peerPort),
                "--initial-cluster=" + everybody,
                "--initial-cluster-state=existing");
        members.add(member);
        return member;
    }

    private ServerProcess launch(int number, String initialCluster) throws IOException {
        String url = url(peerPorts.get(number));
        List<String> all = new ArrayList<>(List.of(
                "--name=m" + number,
                "--listen-peer-urls=" + url,
                "--initial-advertise-peer-urls=" + url,
                "--initial-cluster=" + initialCluster));
        all.addAll(flags);
        return ServerProcess.launchOnly(program, directory.resolve("m" + number), all.toArray(String[]::new));
    }

    public String initialCluster() {
        return IntStream.range(0, peerPorts.size())
                .mapToObj(number -> "m" + number + "=" + url(peerPorts.get(number)))
                .collect(Collectors.joining(","));
    }

    public static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    public ServerProcess member(int number) {
        return members.get(number);
    }

    public List<ServerProcess> members() {
        return List.copyOf(members);
    }

    public void awaitReady() throws IOException, InterruptedException {
        for (ServerProcess member : members) {
            member.awaitReady();
        }
    }

    @Override
    public void close() {
        members.forEach(ServerProcess::close);
    }
}
