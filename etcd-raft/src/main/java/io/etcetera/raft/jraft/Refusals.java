package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import java.util.Set;

/** The one place where the engine's statuses become {@link RaftException}s. */
final class Refusals {
    /**
     * What the engine says, in so many words, of proposals that were in its queue when it ceased to lead. Its codes for them
     * also mean other things.
     */
    private static final Set<String> NEVER_APPENDED = Set.of("Is not leader.", "Is transferring leadership.");

    private final Failure failure;
    private volatile boolean stopping;

    Refusals(Failure failure) {
        this.failure = failure;
    }

    void stopping() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    RaftException stopped() {
        return new RaftException(Kind.STOPPED, "the member is stopping");
    }

    /** Of a member that does not lead: maybe because it has failed since somebody asked whether it has. */
    RaftException notLeading() {
        RaftException fatal = failure.cause();
        return fatal != null ? fatal : new RaftException(Kind.NOT_LEADER, "this member does not lead");
    }

    /** Why a proposal that was handed to the engine did not go through. */
    RaftException ofProposal(Status status) {
        String text = status.getErrorMsg();
        if (text != null && NEVER_APPENDED.contains(text)) {
            return of(status, Kind.NOT_LEADER);
        }
        return of(
                status,
                switch (status.getRaftError()) {
                    case EBUSY -> Kind.BUSY;
                    case ENODESHUTDOWN -> Kind.STOPPED;
                    // EPERM among them: the engine says so both of proposals that it never appended and of ones that
                    // the next
                    // leader goes on to commit.
                    default -> Kind.UNKNOWN;
                });
    }

    /** Why no index could be had for a read. Reads change nothing, so nothing about them is unknown. */
    RaftException ofRead(Status status) {
        RaftError error = status.getRaftError();
        return of(
                status,
                switch (error) {
                    case EBUSY -> Kind.BUSY;
                    case ENODESHUTDOWN, ESTOP, EHOSTDOWN -> Kind.STOPPED;
                    default -> Kind.NO_LEADER;
                });
    }

    /** Why a change of members did not go through. */
    RaftException ofChange(Status status) {
        return of(
                status,
                switch (status.getRaftError()) {
                    case EBUSY -> Kind.CHANGING;
                    case ECATCHUP -> Kind.NOT_CAUGHT_UP;
                    case ENODESHUTDOWN, ESHUTDOWN -> Kind.STOPPED;
                    // EPERM among them: said of changes refused, and of ones that the next leader may commit.
                    default -> Kind.UNKNOWN;
                });
    }

    /** Why leadership is not handed over. */
    RaftException ofTransfer(Status status) {
        return of(
                status,
                switch (status.getRaftError()) {
                    case EPERM -> Kind.NOT_LEADER;
                    case EBUSY -> Kind.CHANGING;
                    default -> Kind.NOT_CAUGHT_UP;
                });
    }

    private RaftException of(Status status, Kind kind) {
        RaftException fatal = failure.cause();
        if (fatal != null) {
            return fatal;
        }
        return stopping ? stopped() : new RaftException(kind, status.getErrorMsg());
    }
}
