package io.etcetera.daemon.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Turns a record into a line: level, time, logger if it has a name of its own, caller, message, fields, and the stack for errors.
 * A logger named after a class shows as the caller instead. Thread-safe.
 *
 * <p>The caller comes from a walk of the stack, about as dear as the rest of the line together; records are rare enough for that.
 */
final class RecordFormat {
    private final boolean json;
    private final ZoneId zone;

    RecordFormat(boolean json, ZoneId zone) {
        this.json = json;
        this.zone = zone;
    }

    /** The line of a record, line end included. */
    String format(ILoggingEvent event) {
        Levels level = Levels.of(event);
        StackTraceElement[] stack = event.getCallerData();
        String caller = stack == null || stack.length == 0 ? "" : caller(stack[0]);
        String logger = event.getLoggerName().contains(".") ? null : event.getLoggerName();
        StringBuilder out = new StringBuilder(256);
        if (json) {
            json(out, event, level, logger, caller, stack);
        } else {
            console(out, event, level, logger, caller, stack);
        }
        return out.append('\n').toString();
    }

    private void json(
            StringBuilder out,
            ILoggingEvent event,
            Levels level,
            @Nullable String logger,
            String caller,
            StackTraceElement @Nullable [] stack) {
        JsonText text = new JsonText(out, false);
        out.append('{');
        text.field("level", level.text());
        text.field("ts", time(event.getInstant()));
        if (logger != null) {
            text.field("logger", logger);
        }
        if (!caller.isEmpty()) {
            text.field("caller", caller);
        }
        text.field("msg", event.getFormattedMessage());
        fields(text, event);
        String trace = stackTrace(event, level, stack);
        if (!trace.isEmpty()) {
            text.field("stacktrace", trace);
        }
        out.append('}');
    }

    private void console(
            StringBuilder out,
            ILoggingEvent event,
            Levels level,
            @Nullable String logger,
            String caller,
            StackTraceElement @Nullable [] stack) {
        out.append(time(event.getInstant())).append('\t').append(level.text());
        if (logger != null) {
            out.append('\t').append(logger);
        }
        if (!caller.isEmpty()) {
            out.append('\t').append(caller);
        }
        out.append('\t').append(event.getFormattedMessage());
        StringBuilder object = new StringBuilder("{");
        fields(new JsonText(object, true), event);
        if (object.length() > 1) {
            out.append('\t').append(object).append('}');
        }
        String trace = stackTrace(event, level, stack);
        if (!trace.isEmpty()) {
            out.append('\n').append(trace);
        }
    }

    private static void fields(JsonText text, ILoggingEvent event) {
        boolean hasError = false;
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                text.field(pair.key, pair.value);
                hasError |= pair.key.equals("error");
            }
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null && !hasError) {
            String message = thrown.getMessage();
            text.field("error", message == null || message.isEmpty() ? thrown.getClassName() : message);
        }
    }

    /** The stack of what was thrown, else of the caller if the record is an error; empty otherwise. */
    private static String stackTrace(ILoggingEvent event, Levels level, StackTraceElement @Nullable [] stack) {
        StringBuilder out = new StringBuilder();
        String cause = "";
        for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
            out.append(cause).append(t.getClassName()).append(": ").append(t.getMessage());
            StackTraceElementProxy[] frames = t.getStackTraceElementProxyArray();
            for (int i = 0; i < frames.length - t.getCommonFrames(); i++) {
                out.append("\n\tat ").append(frames[i].getStackTraceElement());
            }
            cause = "\nCaused by: ";
        }
        if (out.length() == 0 && level.compareTo(Levels.ERROR) >= 0 && stack != null) {
            for (StackTraceElement frame : stack) {
                out.append(out.length() == 0 ? "at " : "\n\tat ").append(frame);
            }
        }
        return out.toString();
    }

    /** {@code directory/File.java:line}, the directory being the last part of the package. */
    private static String caller(StackTraceElement frame) {
        String type = frame.getClassName();
        int end = type.lastIndexOf('.');
        int start = type.lastIndexOf('.', end - 1) + 1;
        String directory = end < 0 ? "" : type.substring(start, end) + "/";
        String file = frame.getFileName() == null ? type.substring(end + 1) : frame.getFileName();
        return frame.getLineNumber() < 0 ? directory + file : directory + file + ":" + frame.getLineNumber();
    }

    /** Microseconds and the zone, Z for UTC. Put together by hand: a formatter's classes would cost start-up time. */
    private String time(Instant instant) {
        ZoneOffset offset = zone.getRules().getOffset(instant);
        LocalDateTime t = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), offset);
        StringBuilder out = new StringBuilder(32);
        digits(out, t.getYear(), 4).append('-');
        digits(out, t.getMonthValue(), 2).append('-');
        digits(out, t.getDayOfMonth(), 2).append('T');
        digits(out, t.getHour(), 2).append(':');
        digits(out, t.getMinute(), 2).append(':');
        digits(out, t.getSecond(), 2).append('.');
        digits(out, t.getNano() / 1_000, 6);
        int minutes = offset.getTotalSeconds() / 60;
        if (minutes == 0) {
            return out.append('Z').toString();
        }
        out.append(minutes < 0 ? '-' : '+');
        digits(out, Math.abs(minutes) / 60, 2);
        return digits(out, Math.abs(minutes) % 60, 2).toString();
    }

    private static StringBuilder digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(value);
        return out.append("0".repeat(Math.max(0, width - text.length()))).append(text);
    }
}
