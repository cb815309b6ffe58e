package io.etcetera.daemon.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/** Found by logback as a service: sets up what holds until the options are read, without looking for configuration files. */
public final class InitialSetup extends ContextAwareBase implements Configurator {
    /** Called by logback. */
    public InitialSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logs.configure(context, Logs.Plan.initial(), List.of(Logs.stderr()));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
