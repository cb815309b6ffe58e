package io.etcetera.daemon.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Writes each record as one line to all outputs, without a buffer: what is logged last before a crash is what matters most. */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private volatile Levels least;
    private final RecordFormat format;
    private final List<OutputStream> outputs;
    private final Consumer<OutOfMemoryError> onOutOfMemory;
    private final Sampler sampler = new Sampler();
    private final ReentrantLock lock = new ReentrantLock();

    LineAppender(
            Levels least, RecordFormat format, List<OutputStream> outputs, Consumer<OutOfMemoryError> onOutOfMemory) {
        this.least = least;
        this.format = format;
        this.outputs = List.copyOf(outputs);
        this.onOutOfMemory = onOutOfMemory;
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
                onOutOfMemory.accept(error);
            }
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
