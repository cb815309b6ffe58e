package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.history.Call;
import io.etcetera.server.testing.history.History;
import io.etcetera.server.testing.history.Outcome;

/** How the calls of a history ended. */
public record Summary(long answered, long failed, long unknown) {

    static Summary of(History history) {
        long answered = 0;
        long failed = 0;
        long unknown = 0;
        for (Call call : history.calls()) {
            if (call.outcome() instanceof Outcome.Ok) {
                answered++;
            } else if (call.outcome() instanceof Outcome.Failed) {
                failed++;
            } else {
                unknown++;
            }
        }
        return new Summary(answered, failed, unknown);
    }

    Summary plus(Summary other) {
        return new Summary(answered + other.answered, failed + other.failed, unknown + other.unknown);
    }

    @Override
    public String toString() {
        return answered + " calls answered, " + failed + " failed, " + unknown + " without an answer";
    }
}
