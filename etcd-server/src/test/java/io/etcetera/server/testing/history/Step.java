package io.etcetera.server.testing.history;

import java.util.Optional;

/**
 * What a call means for its key: at one moment between {@code invoked} and {@code returned} the key was as required, and was
 * then written, if it was.
 *
 * @param returned {@link Call#NEVER} if the step may never have been made
 * @param revision of the write, or 0 if it is not known
 */
record Step(
        Call call,
        long invoked,
        long returned,
        Condition required,
        boolean writes,
        Optional<String> written,
        long revision) {

    static Step answered(Call call, Response response) {
        return new Step(
                call,
                call.invoked(),
                call.returned(),
                call.operation().required(response),
                response.applied(),
                call.operation().written(),
                response.applied() ? response.revision() : 0);
    }

    static Step unanswered(Call call) {
        Condition required = call.operation().requiredToApply();
        return new Step(
                call,
                call.invoked(),
                Call.NEVER,
                required,
                true,
                call.operation().written(),
                0);
    }

    /** This step, without an answer, that somebody has seen the effect of: it was made, and before {@code seen}. */
    Step madeBefore(long seen, long atRevision) {
        return new Step(call, invoked, Math.max(seen, invoked), required, true, written, atRevision);
    }

    boolean isCertain() {
        return returned != Call.NEVER;
    }
}
