package io.etcetera.daemon.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server as a process, whose output goes to a file. Without any of etcd's variables but those it is given. */
public final class LoggedProcess implements AutoCloseable {
    private static final String READY = "ready to serve client requests";
    private static final long START_TIMEOUT_SECONDS = 180;

    private final Process process;
    private final Path log;

    private LoggedProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a command in a directory, with some variables more, without waiting; what it writes is appended to {@code log}. */
    public static LoggedProcess start(Path directory, Map<String, String> environment, List<String> command, Path log)
            throws IOException {
        if (!Files.exists(log)) {
            Files.createFile(log);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        builder.environment().putAll(environment);
        Process started = builder.start();
        started.getOutputStream().close();
        return new LoggedProcess(started, log);
    }

    /** Waits until the server says that it is ready. */
    public void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_SECONDS);
        while (!log().contains(READY)) {
            if (!process.isAlive()) {
                throw new AssertionError(
                        "ended with status " + process.exitValue() + " before it was ready:\n" + log());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not ready after " + START_TIMEOUT_SECONDS + " s:\n" + log());
            }
            Thread.sleep(10);
        }
    }

    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    public Process process() {
        return process;
    }

    /** SIGKILL, and waits until the process is gone. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
