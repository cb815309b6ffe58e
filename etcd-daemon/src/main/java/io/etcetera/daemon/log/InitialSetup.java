package io.etcetera.daemon.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * Found by logback as a service: sets up what holds until the options are read, without looking for configuration files. Does
 * nothing in a process that only has the daemon's classes, whose log is its own.
 */
public final class InitialSetup extends ContextAwareBase implements Configurator {
    private static volatile boolean owned;

    /** Called by logback. */
    public InitialSetup() {}

    static void own() {
        owned = true;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (!owned) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Logs.configure(context, Logs.Plan.initial(), List.of(Logs.stderr()));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
