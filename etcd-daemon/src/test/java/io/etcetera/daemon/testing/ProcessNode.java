package io.etcetera.daemon.testing;

import io.etcetera.daemon.testing.ProcessNetwork.Site;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.NodeClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A member that is a process, ours or a stock one. */
public final class ProcessNode implements Node {
    private static final long STOP_SECONDS = 60;

    private final Path program;
    private final String name;
    private final Site site;
    private final Disk disk;
    private final Path log;
    private final List<String> options;
    private final NodeClient client;
    private String initialCluster = "";
    private String initialState = "new";
    private @Nullable Process process;
    private boolean paused;

    ProcessNode(Path program, String name, Site site, Disk disk, Path log, List<String> options) {
        this.program = program;
        this.name = name;
        this.site = site;
        this.disk = disk;
        this.log = log;
        this.options = options;
        this.client = new NodeClient(endpoint());
    }

    void joins(String cluster, String state) {
        initialCluster = cluster;
        initialState = state;
    }

    @Override
    public String name() {
        return name;
    }

    String peerUrl() {
        return site.peerUrl();
    }

    @Override
    public String endpoint() {
        return site.host() + ":" + site.clientPort();
    }

    @Override
    public NodeClient client() {
        return client;
    }

    /** Where its output goes, of all its lives. */
    public Path log() {
        return log;
    }

    @Override
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            throw new IllegalStateException(name + " runs already");
        }
        List<String> command = new ArrayList<>(site.launcher());
        command.addAll(List.of(
                program.toString(),
                "--name=" + name,
                "--data-dir=" + disk.data(),
                "--listen-client-urls=" + site.clientUrl(),
                "--advertise-client-urls=" + site.clientUrl(),
                "--listen-peer-urls=" + site.peerUrl(),
                "--initial-advertise-peer-urls=" + site.peerUrl(),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-state=" + initialState));
        command.addAll(options);
        try {
            process = ServerProcess.spawn(command, log).process();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        paused = false;
    }

    @Override
    public synchronized void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        resume();
        running.destroy();
        awaitEnd(running, name + " does not stop");
    }

    private void awaitEnd(Process ending, String otherwise) {
        try {
            if (!ending.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(otherwise + "; see " + log);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + name + " was stopping", e);
        }
    }

    @Override
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        paused = false;
    }

    /** SIGSTOP: it does nothing at all any more, but its connections stay. */
    public synchronized void pause() {
        if (isRunning()) {
            paused = signal("STOP");
        }
    }

    /** SIGCONT, if it is paused. */
    public synchronized void resume() {
        if (paused && isRunning()) {
            boolean unused = signal("CONT");
        }
        paused = false;
    }

    /** False if it has ended a moment ago, as one whose disk is full does. */
    private boolean signal(String signal) {
        Process target = process;
        if (target == null) {
            return false;
        }
        boolean sent = Shell.succeeds("kill -" + signal + " " + target.pid());
        if (!sent) {
            awaitEnd(target, name + " runs, and cannot be sent SIG" + signal);
        }
        return sent;
    }

    /** Takes all the space that is left on its disk; false if that disk is not its own. */
    public boolean fillDisk() {
        if (disk.canBeFilled()) {
            disk.fill();
        }
        return disk.canBeFilled();
    }

    /** Gives back what {@link #fillDisk} took. The member, which may be about to end because of it, is down then. */
    void freeDisk() {
        if (disk.isFilled()) {
            kill();
            disk.free();
        }
    }

    @Override
    public void wipe() {
        disk.wipe();
    }

    void dispose() {
        kill();
        client.close();
        disk.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
