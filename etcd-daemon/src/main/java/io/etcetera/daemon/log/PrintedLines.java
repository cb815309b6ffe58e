package io.etcetera.daemon.log;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes a record of each line that is printed to it. Used by one {@link PrintStream}, which lets one thread in at a time. */
final class PrintedLines extends OutputStream {
    /** What prints more without an end of line gets it in parts. */
    private static final int MAX_BYTES = 8_192;

    private final Level level;
    private final String logger;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private PrintedLines(Level level, String logger) {
        this.level = level;
        this.logger = logger;
    }

    static PrintStream at(Level level, String logger) {
        return new PrintStream(new PrintedLines(level, logger), false, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) {
        if (b != '\n') {
            line.write(b);
        }
        if (b == '\n' || line.size() >= MAX_BYTES) {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            line.reset();
            if (!text.isEmpty()) {
                // Not before: who prints nothing need not wait for logging to be set up.
                LoggerFactory.getLogger(logger).atLevel(level).log(text);
            }
        }
    }
}
