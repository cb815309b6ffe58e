package io.etcetera.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class PrintedLinesTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("printed");
    private final ListAppender<ILoggingEvent> records = new ListAppender<>();

    @BeforeEach
    void listen() {
        records.start();
        logger.addAppender(records);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(records);
    }

    @Test
    void makesARecordOfEachLine() {
        PrintStream out = PrintedLines.at(Level.WARN, "printed");
        out.print("one {} ");
        out.println(1);
        out.print("\nü\r\nrest");
        assertThat(records.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("one {} 1", "ü");
        assertThat(records.list)
                .extracting(event -> event.getLevel().toString())
                .containsOnly("WARN");
        out.print("x".repeat(10_000));
        assertThat(records.list).hasSize(3);
    }
}
