package io.etcetera.daemon;

import io.etcetera.daemon.log.Logs;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The command {@code etcd}. */
public final class Main {
    private Main() {}

    /** Runs the process; does not return. */
    public static void main(String[] arguments) {
        Logs.own();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> LoggerFactory.getLogger(Main.class)
                .atError()
                .addKeyValue("thread", thread.getName())
                .setCause(failure)
                .log("a thread ended with an exception"));
        Daemon daemon = new Daemon(EtcdMember::start, System.getenv(), System.out, System.err);
        Logs.takeOverPrints();
        System.exit(daemon.run(List.of(arguments), Signals::die));
    }
}
