package io.etcetera.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** etcd's levels. Those above error are markers on a record of slf4j's level error. */
public enum Levels {
    DEBUG,
    INFO,
    WARN,
    ERROR,
    DPANIC,
    PANIC,
    FATAL;

    /** Marks a record after which the process ends. */
    public static final Marker FATAL_MARK = MarkerFactory.getMarker("FATAL");

    /** Marks a record of a broken assumption after which the process ends. */
    public static final Marker PANIC_MARK = MarkerFactory.getMarker("PANIC");

    private final String text;

    Levels() {
        this.text = name().toLowerCase(Locale.ROOT);
    }

    /** The level of this name; empty means info. Names are all lower or all upper case, as in etcd. */
    public static Levels parse(String name) {
        if (name.isEmpty()) {
            return INFO;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (Levels level : values()) {
            if (level.text.equals(lower)) {
                return level;
            }
        }
        throw new IllegalArgumentException("unrecognized level: \"" + name + "\"");
    }

    /** The name that stands in a record. */
    String text() {
        return text;
    }

    /** The least slf4j level that can hold a record of this level. */
    Level threshold() {
        return switch (this) {
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR, DPANIC, PANIC, FATAL -> Level.ERROR;
        };
    }

    static Levels of(ILoggingEvent event) {
        int level = event.getLevel().toInt();
        if (level < Level.INFO_INT) {
            return DEBUG;
        } else if (level < Level.WARN_INT) {
            return INFO;
        } else if (level < Level.ERROR_INT) {
            return WARN;
        }
        List<Marker> markers = event.getMarkerList();
        if (markers != null && markers.contains(FATAL_MARK)) {
            return FATAL;
        }
        return markers != null && markers.contains(PANIC_MARK) ? PANIC : ERROR;
    }
}
