package io.etcetera.server.testing.history;

import java.util.Locale;
import java.util.Optional;

/**
 * One operation of one client.
 *
 * @param invoked time just before the request was sent, in nanoseconds of the recorder's clock
 * @param returned time just after the answer had come, or {@link #NEVER} if the outcome is unknown
 */
public record Call(int client, long invoked, long returned, Operation operation, Outcome outcome) {

    public static final long NEVER = Long.MAX_VALUE;

    public Call {
        boolean unknown = outcome instanceof Outcome.Unknown;
        boolean endless = returned == NEVER;
        if (unknown != endless) {
            throw new IllegalArgumentException("a call returns if, and only if, its outcome is known");
        }
        if (returned < invoked) {
            throw new IllegalArgumentException("returned at " + returned + ", before its invocation at " + invoked);
        }
    }

    String key() {
        return operation.key();
    }

    Optional<Response> response() {
        return outcome instanceof Outcome.Ok ok ? Optional.of(ok.response()) : Optional.empty();
    }

    boolean isUnknown() {
        return outcome instanceof Outcome.Unknown;
    }

    boolean isApplied() {
        return response().map(Response::applied).orElse(false);
    }

    boolean isRead() {
        return operation instanceof Operation.Get;
    }

    /** For a report: times in milliseconds after {@code origin}. */
    String describe(long origin) {
        String end = returned == NEVER ? "..." : millis(returned - origin);
        return String.format(
                Locale.ROOT,
                "client %-3d %12s to %12s ms  %s",
                client,
                millis(invoked - origin),
                end,
                CallText.question(operation) + " -> " + CallText.answer(outcome));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.6f", nanos / 1e6);
    }
}
