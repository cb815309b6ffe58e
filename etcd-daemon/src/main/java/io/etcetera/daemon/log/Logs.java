package io.etcetera.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up logging for the whole process. */
public final class Logs {
    /** Libraries whose records at info say nothing to an operator of etcd. */
    private static final List<String> CHATTY = List.of("io.netty", "io.grpc", "com.google", "org.lmdbjava");

    /**
     * The Raft library, which warns of every step of an ordinary election and calls it an error when one ends a change of
     * members. What a member has to stop for, it tells in other ways.
     */
    private static final List<String> ENGINE = List.of("io.etcetera.raft.internal", "com.alipay");

    /** Status of a process that ended for want of memory: the one that the JVM uses for its own such end. */
    private static final int OUT_OF_MEMORY = 3;

    private Logs() {}

    /**
     * What to log, how and where.
     *
     * @param level least level
     * @param json JSON, or else console lines
     * @param outputs {@code default}, {@code stderr}, {@code stdout}, {@code systemd/journal} or paths
     * @param rotation of the files among the outputs, if they are to be put aside when they have grown large
     */
    public record Plan(Levels level, boolean json, List<String> outputs, Optional<LogRotation> rotation) {
        public Plan {
            outputs = List.copyOf(outputs);
        }

        /** JSON of level info to stderr: what holds until the options are read. */
        public static Plan initial() {
            return new Plan(Levels.INFO, true, List.of("default"), Optional.empty());
        }
    }

    /** A file to log to cannot be opened. */
    public static final class OutputException extends Exception {
        private static final long serialVersionUID = 1L;

        /** The path that was asked for. */
        private final String path;

        OutputException(String path, IOException cause) {
            super(cause);
            this.path = path;
        }

        /** The path that was asked for. */
        public String path() {
            return path;
        }

        /** Why it cannot be opened. */
        public IOException reason() {
            return (IOException) java.util.Objects.requireNonNull(getCause());
        }
    }

    /** For a main class, before anything asks for a logger: the log of this process is ours. */
    public static void own() {
        InitialSetup.own();
    }

    /**
     * Replaces the present set-up, whatever it was.
     *
     * @throws OutputException if a file cannot be opened; the present set-up stays
     */
    public static void apply(Plan plan) throws OutputException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        List<OutputStream> outputs = open(plan);
        context.reset();
        configure(context, plan, outputs);
        // grpc logs through java.util.logging, whose own handler would print lines of another shape.
        LogManager.getLogManager().reset();
        SLF4JBridgeHandler.install();
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    }

    /** Makes records of what libraries print to {@link System#out} and {@link System#err}, so that every line is a record. */
    public static void takeOverPrints() {
        System.setOut(PrintedLines.at(org.slf4j.event.Level.INFO, "stdout"));
        System.setErr(PrintedLines.at(org.slf4j.event.Level.WARN, "stderr"));
    }

    /** Lets records of this level through from now on, even if less was asked for: for the reason why a start fails. */
    public static void showAtLeast(Levels level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (root.getLevel().isGreaterOrEqual(level.threshold())) {
            root.setLevel(level.threshold());
        }
        root.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender instanceof LineAppender lines) {
                lines.showAtLeast(level);
            }
        });
    }

    static void configure(LoggerContext context, Plan plan, List<OutputStream> outputs) {
        RecordFormat format = new RecordFormat(plan.json(), ZoneId.systemDefault());
        LineAppender appender = new LineAppender(plan.level(), format, outputs, Logs::endOutOfMemory);
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(plan.level().threshold());
        root.addAppender(appender);
        if (plan.level().compareTo(Levels.WARN) < 0) {
            CHATTY.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        }
        if (plan.level().compareTo(Levels.INFO) >= 0) {
            ENGINE.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
            // Warns of every connection to a unix socket: gRPC asks for TCP's keepalive there, too.
            context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
        }
    }

    /** stderr, past {@link System#err}, which nobody needs to encode a second time. */
    static OutputStream stderr() {
        return new FileOutputStream(FileDescriptor.err);
    }

    private static List<OutputStream> open(Plan plan) throws OutputException {
        Map<String, FileDescriptor> streams = Map.of(
                "default", FileDescriptor.err,
                "stderr", FileDescriptor.err,
                "systemd/journal", FileDescriptor.err,
                "stdout", FileDescriptor.out);
        List<OutputStream> opened = new ArrayList<>();
        for (String name : plan.outputs()) {
            FileDescriptor stream = streams.get(name);
            try {
                opened.add(stream != null ? new FileOutputStream(stream) : openFile(Path.of(name), plan.rotation()));
            } catch (IOException e) {
                closeFiles(opened);
                throw new OutputException(name, e);
            }
        }
        return opened;
    }

    private static OutputStream openFile(Path file, Optional<LogRotation> rotation) throws IOException {
        return rotation.isPresent()
                ? RotatingFile.open(file, rotation.get(), Clock.system(ZoneId.systemDefault()))
                : Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void closeFiles(List<OutputStream> opened) {
        for (OutputStream stream : opened) {
            if (!(stream instanceof FileOutputStream)) { // those are stdout and stderr, which stay
                try {
                    stream.close();
                } catch (IOException e) {
                    LoggerFactory.getLogger(Logs.class).warn("cannot close a log output", e);
                }
            }
        }
    }

    /** Ends the process on the spot. Whatever has been acknowledged is in the log on disk, and a start recovers it. */
    private static void endOutOfMemory() {
        Runtime.getRuntime().halt(OUT_OF_MEMORY);
    }
}
