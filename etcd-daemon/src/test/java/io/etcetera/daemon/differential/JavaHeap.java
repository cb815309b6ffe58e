package io.etcetera.daemon.differential;

import io.etcetera.daemon.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks into the heap of a server of ours, with the JDK's own tool. */
final class JavaHeap {
    private static final Pattern USED_KIB = Pattern.compile("used (\\d+)K");

    private JavaHeap() {}

    /** What is reachable in the heap, in bytes: what is used right after a full collection. */
    static long liveBytes(ServerProcess server) throws IOException, InterruptedException {
        jcmd(server, "GC.run");
        String text = jcmd(server, "GC.heap_info");
        Matcher used = USED_KIB.matcher(text);
        long kib = 0;
        while (used.find() && !text.substring(0, used.start()).contains("Metaspace")) {
            kib += Long.parseLong(used.group(1));
        }
        if (kib == 0) {
            throw new AssertionError("cannot tell the heap from: " + text);
        }
        return kib << 10;
    }

    private static String jcmd(ServerProcess server, String command) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return ServerProcess.run(Path.of("."), List.of(), jcmd, Long.toString(server.pid()), command);
    }
}
