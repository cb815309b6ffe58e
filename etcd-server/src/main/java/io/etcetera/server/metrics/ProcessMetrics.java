package io.etcetera.server.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.StringTokenizer;

/**
 * The process, as Linux sees it. Elsewhere, and where {@code /proc} cannot be read, its metrics show NaN.
 *
 * <p>Source of the formats: proc(5).
 */
final class ProcessMetrics {
    private static final Path SELF = Path.of("/proc/self");

    /** Where a machine has another page size than this one, the JVM does not tell. */
    private static final long PAGE_BYTES = 4096;

    /** What Linux gives to user space, whatever the kernel counts in. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of stat, counted from the one after the command's name, which may hold spaces. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;
    private static final int VIRTUAL_BYTES = 20;
    private static final int RESIDENT_PAGES = 21;

    private ProcessMetrics() {}

    static void register(MetricRegistry registry) {
        registry.counter(
                "process_cpu_seconds_total",
                "Total user and system CPU time spent in seconds.",
                () -> (stat(USER_TIME) + stat(SYSTEM_TIME)) / TICKS_PER_SECOND);
        registry.gauge(
                "process_resident_memory_bytes",
                "Resident memory size in bytes.",
                () -> stat(RESIDENT_PAGES) * PAGE_BYTES);
        registry.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", () -> stat(VIRTUAL_BYTES));
        registry.gauge(
                "process_virtual_memory_max_bytes",
                "Maximum amount of virtual memory available in bytes.",
                () -> limit("Max address space"));
        double startSeconds = ManagementFactory.getRuntimeMXBean().getStartTime() / 1_000.0;
        registry.gauge(
                "process_start_time_seconds",
                "Start time of the process since unix epoch in seconds.",
                () -> startSeconds);
        registerFiles(registry);
        registerNetwork(registry);
    }

    private static void registerFiles(MetricRegistry registry) {
        registry.gauge("process_open_fds", "Number of open file descriptors.", ProcessMetrics::openFiles);
        registry.gauge("os_fd_used", "The number of used file descriptors.", ProcessMetrics::openFiles);
        registry.gauge("process_max_fds", "Maximum number of open file descriptors.", () -> limit("Max open files"));
        registry.gauge("os_fd_limit", "The file descriptor limit.", () -> limit("Max open files"));
    }

    private static void registerNetwork(MetricRegistry registry) {
        registry.counter(
                "process_network_receive_bytes_total",
                "Number of bytes received by the process over the network.",
                () -> network("InOctets"));
        registry.counter(
                "process_network_transmit_bytes_total",
                "Number of bytes sent by the process over the network.",
                () -> network("OutOctets"));
    }

    private static double stat(int field) {
        List<String> lines = read("stat");
        String line = lines.isEmpty() ? "" : lines.get(0);
        List<String> fields = words(line.substring(line.lastIndexOf(')') + 1));
        return fields.size() > field ? number(fields.get(field)) : Double.NaN;
    }

    /** The soft limit. */
    private static double limit(String name) {
        for (String line : read("limits")) {
            if (line.startsWith(name)) {
                String soft = words(line.substring(name.length())).get(0);
                // What Go makes of no limit.
                return soft.equals("unlimited") ? 0x1p64 : number(soft);
            }
        }
        return Double.NaN;
    }

    /** A line of names is followed by one of numbers. */
    private static double network(String name) {
        List<String> names = List.of();
        for (String line : read("net/netstat")) {
            if (line.startsWith("IpExt:")) {
                int column = names.indexOf(name);
                if (column >= 0) {
                    return number(words(line).get(column));
                }
                names = words(line);
            }
        }
        return Double.NaN;
    }

    private static List<String> words(String line) {
        return Collections.list(new StringTokenizer(line)).stream()
                .map(String::valueOf)
                .toList();
    }

    private static double openFiles() {
        List<Path> open = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(SELF.resolve("fd"))) {
            files.forEach(open::add);
        } catch (IOException e) {
            return Double.NaN;
        }
        return open.size() - 1; // the one that this very look has opened
    }

    private static List<String> read(String file) {
        try {
            return Files.readAllLines(SELF.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
