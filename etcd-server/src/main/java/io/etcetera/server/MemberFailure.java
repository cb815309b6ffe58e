package io.etcetera.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the first thing that went wrong beyond repair, and tells those who have to act on it. Thread-safe. */
final class MemberFailure {
    private static final Logger log = LoggerFactory.getLogger(MemberFailure.class);

    private final List<Consumer<Throwable>> actions = new ArrayList<>();
    private @Nullable Throwable first;

    /** From any thread; does not block. */
    void report(Throwable cause) {
        List<Consumer<Throwable>> due;
        synchronized (this) {
            if (first != null) {
                return;
            }
            first = cause;
            due = List.copyOf(actions);
        }
        if (cause instanceof MemberRemovedException) {
            log.atWarn().addKeyValue("error", cause.getMessage()).log("server error");
            log.atWarn().log("data-dir used by this member must be removed");
        } else {
            log.atError().setCause(cause).log("the member has failed and stops answering");
        }
        due.forEach(action -> action.accept(cause));
    }

    /** Runs the action when there is a failure, on the thread that reports it; at once if there has been one. */
    void then(Consumer<Throwable> action) {
        Throwable cause;
        synchronized (this) {
            actions.add(action);
            cause = first;
        }
        if (cause != null) {
            action.accept(cause);
        }
    }

    /** The failure, or null so far. */
    synchronized @Nullable Throwable cause() {
        return first;
    }
}
