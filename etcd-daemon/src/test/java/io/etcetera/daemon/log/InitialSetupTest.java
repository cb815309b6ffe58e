package io.etcetera.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import org.junit.jupiter.api.Test;

class InitialSetupTest {
    /** No main class of the daemon has run in this process, which merely has its classes. */
    @Test
    void leavesTheLogOfAHostAlone() {
        LoggerContext context = new LoggerContext();
        ExecutionStatus status = new InitialSetup().configure(context);
        assertThat(status).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .isExhausted();
    }
}
