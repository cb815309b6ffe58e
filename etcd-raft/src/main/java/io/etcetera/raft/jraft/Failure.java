package io.etcetera.raft.jraft;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.StateMachine;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which a member fails for good. The first cause wins: it is logged, told to the state machine, and every
 * later request is answered with it. Any thread may report.
 */
final class Failure {
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

    private final StateMachine stateMachine;
    private final AtomicReference<@Nullable RaftException> cause = new AtomicReference<>();
    private volatile Runnable haltEngine = () -> {};

    Failure(StateMachine stateMachine) {
        this.stateMachine = stateMachine;
    }

    /**
     * Sets what makes the engine give up leadership and answer nobody. It is run once, on the thread that reports, and so
     * must not block: reports come from inside the engine's locks.
     */
    void onFailure(Runnable halt) {
        haltEngine = halt;
    }

    /** What the member died of; null while it lives. */
    @Nullable
    RaftException cause() {
        return cause.get();
    }

    void report(String message, @Nullable Throwable reason) {
        RaftException failed = new RaftException(Kind.FATAL, message, reason);
        if (!cause.compareAndSet(null, failed)) {
            return;
        }
        LOG.error("the raft member stops for good: {}", message, reason);
        try {
            stateMachine.failed(failed);
        } finally {
            haltEngine.run();
        }
    }
}
