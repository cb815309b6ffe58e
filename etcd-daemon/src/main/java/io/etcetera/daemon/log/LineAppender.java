package io.etcetera.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.event.KeyValuePair;

/** Writes each record as one line to all outputs, without a buffer: what is logged last before a crash is what matters most. */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private volatile Levels least;
    private final RecordFormat format;
    private final List<OutputStream> outputs;
    private final Runnable end;
    private final Sampler sampler = new Sampler();
    private final ReentrantLock lock = new ReentrantLock();

    /** @param end ends the process when memory is out */
    LineAppender(Levels least, RecordFormat format, List<OutputStream> outputs, Runnable end) {
        this.least = least;
        this.format = format;
        this.outputs = List.copyOf(outputs);
        this.end = end;
    }

    /** Lets records of this level through from now on. */
    void showAtLeast(Levels level) {
        if (level.compareTo(least) < 0) {
            least = level;
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        Levels level = Levels.of(event);
        boolean wanted = level.compareTo(least) >= 0
                && sampler.passes(event.getInstant().getEpochSecond(), level, event.getMessage());
        if (wanted) {
            write(format.format(event).getBytes(StandardCharsets.UTF_8));
        }
        // Libraries catch what their tasks throw and only log it. After this error nothing can be relied on, so it ends
        // here.
        for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
            if (t instanceof ThrowableProxy proxy && proxy.getThrowable() instanceof OutOfMemoryError error) {
                endOutOfMemory(event, error);
            }
        }
    }

    private void endOutOfMemory(ILoggingEvent cause, OutOfMemoryError error) {
        try {
            LoggingEvent last = new LoggingEvent();
            last.setLoggerName(cause.getLoggerName());
            last.setLevel(Level.ERROR);
            last.addMarker(Levels.FATAL_MARK);
            last.setInstant(cause.getInstant());
            last.setCallerData(new StackTraceElement[0]);
            last.setMessage("out of memory; the process ends, and what it has acknowledged is safe on disk");
            last.addKeyValuePair(new KeyValuePair("error", error.toString()));
            write(format.format(last).getBytes(StandardCharsets.UTF_8));
        } finally {
            end.run();
        }
    }

    private void write(byte[] line) {
        lock.lock();
        try {
            for (OutputStream output : outputs) {
                try {
                    output.write(line);
                } catch (IOException e) {
                    // A log that cannot be written must not stop the member, and there is nowhere left to say so but
                    // the status list.
                    addWarn("cannot write to a log output", e);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
