package io.etcetera.server.http;

import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inside of the process, below {@code /debug/pprof/}: what Go's profiles of these names show, in the forms that the
 * JVM has for it.
 */
final class Profiling {
    static final String PATH = "/debug/pprof/";

    private static final Logger log = LoggerFactory.getLogger(Profiling.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int PROFILE_SECONDS = 30;
    private static final int TRACE_SECONDS = 1;
    private static final String INDEX = """
            <html>
            <head><title>/debug/pprof/</title></head>
            <body>
            <ul>
            <li><a href="cmdline">cmdline</a>: the command line of the process</li>
            <li><a href="goroutine">goroutine</a>: what all threads are doing</li>
            <li><a href="threadcreate">threadcreate</a>: the same</li>
            <li><a href="heap">heap</a>: live objects by class; collects garbage first</li>
            <li><a href="profile?seconds=30">profile</a>: a flight recording in detail, for JDK Mission Control or jfr</li>
            <li><a href="trace?seconds=1">trace</a>: a flight recording that costs little</li>
            </ul>
            </body>
            </html>
            """;

    private final Workers workers;
    private final FlightRecordings recordings = new FlightRecordings();

    Profiling(Workers workers) {
        this.workers = workers;
        log.atInfo().addKeyValue("path", "/debug/pprof").log("pprof is enabled");
    }

    void addTo(Routes routes) {
        routes.under(
                        PATH,
                        (request, exchange) -> exchange.reply(
                                request.path().equals(PATH)
                                        ? HttpReply.of(200, "text/html; charset=utf-8", INDEX)
                                        : HttpReply.error(404, "Unknown profile")))
                .at(PATH + "cmdline", answered(request -> HttpReply.of(200, TEXT, commandLine())))
                .at(PATH + "goroutine", answered(request -> HttpReply.of(200, TEXT, threads())))
                .at(PATH + "threadcreate", answered(request -> HttpReply.of(200, TEXT, threads())))
                .at(PATH + "heap", answered(request -> HttpReply.of(200, TEXT, histogram())))
                .at(PATH + "profile", answered(request -> record(request, "profile", PROFILE_SECONDS)))
                .at(PATH + "trace", answered(request -> record(request, "default", TRACE_SECONDS)));
    }

    private HttpService answered(Function<HttpRequest, HttpReply> answer) {
        return (request, exchange) -> workers.answer(exchange, () -> answer.apply(request));
    }

    private HttpReply record(HttpRequest request, String settings, int defaultSeconds) {
        Optional<String> asked = request.parameters("seconds").stream().findFirst();
        int seconds = asked.filter(text -> text.matches("[1-9][0-9]{0,8}"))
                .map(Integer::parseInt)
                .orElse(defaultSeconds);
        return recordings.record(settings, seconds);
    }

    private static String commandLine() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        return Stream.concat(
                        info.command().stream(), Arrays.stream(info.arguments().orElse(new String[0])))
                .collect(Collectors.joining("\0"));
    }

    private static String threads() {
        ThreadInfo[] all = ManagementFactory.getThreadMXBean().dumpAllThreads(true, true);
        return Arrays.stream(all).map(Profiling::describe).collect(Collectors.joining("\n"));
    }

    /** All frames: what {@link ThreadInfo} prints itself ends after eight. */
    private static String describe(ThreadInfo thread) {
        StringBuilder out = new StringBuilder(
                "\"" + thread.getThreadName() + "\" Id=" + thread.getThreadId() + " " + thread.getThreadState());
        if (thread.getLockName() != null) {
            out.append(" on ").append(thread.getLockName());
        }
        if (thread.getLockOwnerName() != null) {
            out.append(" owned by \"")
                    .append(thread.getLockOwnerName())
                    .append("\" Id=")
                    .append(thread.getLockOwnerId());
        }
        out.append('\n');
        for (StackTraceElement frame : thread.getStackTrace()) {
            out.append("\tat ").append(frame).append('\n');
        }
        return out.toString();
    }

    private static String histogram() {
        try {
            Object text = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage() + "\n\n" + text;
        } catch (JMException e) {
            throw new IllegalStateException("this JVM counts no classes", e);
        }
    }
}
