package io.etcetera.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class RecordFormatTest {
    private static final StackTraceElement CALLER =
            new StackTraceElement("io.etcetera.server.Etcd", "start", "Etcd.java", 12);

    private static LoggingEvent event(String logger, Level level, String message, Object... fields) {
        LoggingEvent event = new LoggingEvent("", new LoggerContext().getLogger(logger), level, message, null, null);
        event.setInstant(Instant.parse("2026-11-21T09:11:21.92164912Z"));
        event.setCallerData(new StackTraceElement[] {CALLER});
        for (int i = 0; i < fields.length; i += 2) {
            event.addKeyValuePair(new KeyValuePair((String) fields[i], fields[i + 1]));
        }
        return event;
    }

    private static String json(LoggingEvent event) {
        return new RecordFormat(true, ZoneId.of("UTC")).format(event);
    }

    @Test
    void writesFieldsInOrder() {
        LoggingEvent event = event(
                "io.etcetera.server.Etcd",
                Level.INFO,
                "a \"message\"",
                "n",
                5L,
                "b",
                true,
                "d",
                Duration.ofMillis(1_500),
                "l",
                List.of("x", "y"),
                "e",
                List.of(),
                "t",
                "tab\t\u0001\\",
                "p",
                Path.of("a/b"));

        assertThat(json(event))
                .isEqualTo(
                        "{\"level\":\"info\",\"ts\":\"2026-11-21T09:11:21.921649Z\",\"caller\":\"server/Etcd.java:12\","
                                + "\"msg\":\"a \\\"message\\\"\",\"n\":5,\"b\":true,\"d\":\"1.5s\",\"l\":[\"x\",\"y\"],\"e\":[],"
                                + "\"t\":\"tab\\t\\u0001\\\\\",\"p\":\"a/b\"}\n");
    }

    @Test
    void writesTheNameOfALoggerThatHasItsOwn() {
        assertThat(json(event("raft", Level.WARN, "m")))
                .isEqualTo("{\"level\":\"warn\",\"ts\":\"2026-11-21T09:11:21.921649Z\",\"logger\":\"raft\","
                        + "\"caller\":\"server/Etcd.java:12\",\"msg\":\"m\"}\n");
    }

    @Test
    void writesConsoleLines() {
        RecordFormat console = new RecordFormat(false, ZoneId.of("Asia/Kolkata"));
        assertThat(console.format(event("raft", Level.DEBUG, "m", "a", "b", "l", List.of(1, 2))))
                .isEqualTo("2026-11-21T14:41:21.921649+0530\tdebug\traft\tserver/Etcd.java:12\tm\t"
                        + "{\"a\": \"b\", \"l\": [1, 2]}\n");
        assertThat(console.format(event("a.B", Level.INFO, "m"))).endsWith("\tinfo\tserver/Etcd.java:12\tm\n");
    }

    @Test
    void errorsCarryTheirStack() {
        assertThat(json(event("a.B", Level.ERROR, "m")))
                .endsWith("\"msg\":\"m\",\"stacktrace\":\"at io.etcetera.server.Etcd.start(Etcd.java:12)\"}\n");

        LoggingEvent thrown = event("a.B", Level.WARN, "m");
        thrown.setThrowableProxy(new ThrowableProxy(new IllegalStateException("why", new RuntimeException("root"))));
        assertThat(json(thrown))
                .contains("\"error\":\"why\",\"stacktrace\":\"java.lang.IllegalStateException: why\\n\\tat ")
                .contains("\\nCaused by: java.lang.RuntimeException: root");
    }

    @Test
    void markersRaiseTheLevel() {
        LoggingEvent event = event("a.B", Level.ERROR, "m");
        event.addMarker(Levels.FATAL_MARK);
        assertThat(json(event)).startsWith("{\"level\":\"fatal\"");
    }

    @Test
    void readsLevels() {
        assertThat(Levels.parse("")).isEqualTo(Levels.INFO);
        assertThat(Levels.parse("DEBUG")).isEqualTo(Levels.DEBUG);
        assertThat(Levels.parse("fatal")).isEqualTo(Levels.FATAL);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Levels.parse("foo")))
                .hasMessage("unrecognized level: \"foo\"");
    }

    @Test
    void thinsOutFloods() {
        Sampler sampler = new Sampler();
        int passed = 0;
        for (int i = 0; i < 1_000; i++) {
            passed += sampler.passes(1, Levels.INFO, "m") ? 1 : 0;
        }
        assertThat(passed).isEqualTo(109);
        assertThat(sampler.passes(1, Levels.INFO, "another")).isTrue();
        assertThat(sampler.passes(2, Levels.INFO, "m")).isTrue();
    }
}
