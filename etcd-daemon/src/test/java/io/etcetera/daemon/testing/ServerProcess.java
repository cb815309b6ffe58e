package io.etcetera.daemon.testing;

import io.etcetera.server.net.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server running as a process of its own, ours or a stock one, on free ports of the loopback address. Its log goes to
 * a file beside its data directory.
 */
public final class ServerProcess implements AutoCloseable {
    private static final long RUN_TIMEOUT_SECONDS = 400;
    private static final long STOP_TIMEOUT_SECONDS = 60;

    /** Kept to the end of the run: the system may not give them to anybody's connection meanwhile, nor this give one twice. */
    private static final FreePorts PORTS = new FreePorts();

    private final Path program;
    private final Path directory;
    private final int clientPort;
    private final int peerPort;
    private final List<String> extraFlags;
    private LoggedProcess running;

    private ServerProcess(Path program, Path directory, List<String> extraFlags) throws IOException {
        this.program = program;
        this.directory = Files.createDirectories(directory);
        this.extraFlags = List.copyOf(extraFlags);
        this.clientPort = freePort();
        this.peerPort = freePort();
        this.running = launch(List.of());
    }

    /** Starts a server whose data is kept below {@code directory}, and waits until it is ready. */
    public static ServerProcess start(Path program, Path directory, String... extraFlags)
            throws IOException, InterruptedException {
        ServerProcess server = new ServerProcess(program, directory, List.of(extraFlags));
        try {
            server.awaitReady();
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    /** Starts the process without waiting for anything. */
    public static ServerProcess launchOnly(Path program, Path directory, String... extraFlags) throws IOException {
        return new ServerProcess(program, directory, List.of(extraFlags));
    }

    public String endpoint() {
        return "127.0.0.1:" + clientPort;
    }

    /** With the scheme; what is not https can do without. */
    public String clientUrl() {
        return clientScheme().equals("https") ? "https://" + endpoint() : endpoint();
    }

    public int clientPort() {
        return clientPort;
    }

    public long pid() {
        return running.process().pid();
    }

    public boolean isAlive() {
        return running.process().isAlive();
    }

    public Path dataDir() {
        return directory.resolve("data");
    }

    public String log() throws IOException {
        return running.log();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() throws InterruptedException {
        running.process().destroyForcibly().waitFor();
    }

    /** Starts it again on the same data and ports, with a fresh log, and waits until it is ready. */
    public void restart() throws IOException, InterruptedException {
        relaunch();
        awaitReady();
    }

    /** Starts it again without waiting. */
    public void relaunch() throws IOException {
        running = launch(List.of());
    }

    /** Starts it again without waiting, this once with more flags. */
    public void relaunchWith(String... flags) throws IOException {
        running = launch(List.of(flags));
    }

    /** Waits for the process to end by itself and returns its exit status. */
    public int awaitExit(long timeoutSeconds) throws IOException, InterruptedException {
        if (!running.process().waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + timeoutSeconds + " s:\n" + log());
        }
        return running.process().exitValue();
    }

    /** SIGTERM; returns how long the process took to end, in milliseconds. */
    public long terminate() throws IOException, InterruptedException {
        long start = System.nanoTime();
        running.process().destroy();
        awaitExit(STOP_TIMEOUT_SECONDS);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Override
    public void close() {
        running.close();
    }

    public void awaitReady() throws IOException, InterruptedException {
        running.awaitReady();
    }

    private Path logFile() {
        return directory.resolve("log");
    }

    private LoggedProcess launch(List<String> moreFlags) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--data-dir=" + dataDir(),
                "--listen-client-urls=" + clientScheme() + "://127.0.0.1:" + clientPort,
                "--advertise-client-urls=" + clientScheme() + "://127.0.0.1:" + clientPort,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-cluster=default=http://127.0.0.1:" + peerPort));
        command.addAll(extraFlags);
        command.addAll(moreFlags);
        Files.deleteIfExists(logFile());
        return spawn(command, logFile());
    }

    /** Starts a server, without any of etcd's variables; its output is appended to a file. */
    static LoggedProcess spawn(List<String> command, Path log) throws IOException {
        return LoggedProcess.start(Path.of("."), Map.of(), command, log);
    }

    /** Whoever is given a certificate for clients serves them with it. */
    private String clientScheme() {
        boolean secure =
                extraFlags.stream().anyMatch(flag -> flag.startsWith("--cert-file=") || flag.equals("--auto-tls"));
        return secure ? "https" : "http";
    }

    /** A port of the loopback address that nobody listens on, each time another one. */
    public static int freePort() {
        return PORTS.next();
    }

    /**
     * Runs a command to its end, which it has to reach within some minutes; returns its output, standard error included, and
     * {@code exit status N} as the last line if that is not 0.
     */
    public static String run(Path workingDirectory, List<String> environment, String... command)
            throws IOException, InterruptedException {
        // By way of a file: a pipe would stay open for as long as some descendant of the command lives.
        Path output = Files.createTempFile("command", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(workingDirectory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            for (String assignment : environment) {
                int equals = assignment.indexOf('=');
                builder.environment().put(assignment.substring(0, equals), assignment.substring(equals + 1));
            }
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(RUN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after " + RUN_TIMEOUT_SECONDS + " s: "
                        + String.join(" ", command) + "\n" + Files.readString(output));
            }
            int status = process.exitValue();
            String text = Files.readString(output);
            return status == 0 ? text : text + "exit status " + status + "\n";
        } finally {
            Files.delete(output);
        }
    }
}
