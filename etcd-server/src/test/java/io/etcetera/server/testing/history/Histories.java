package io.etcetera.server.testing.history;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Short ways to histories for tests of the checkers. */
final class Histories {

    private Histories() {}

    static History of(String... lines) {
        return new History(Arrays.stream(lines).map(CallText::read).toList());
    }

    /** What lines between separators say, as {@link CallText} reads them. */
    static History parse(String text) {
        return of(Pattern.compile(";").splitAsStream(text).map(String::strip).toArray(String[]::new));
    }

    static History replace(History history, Call old, Call replacement) {
        return map(history, call -> call.equals(old) ? replacement : call);
    }

    /** As a server without revisions would have answered; for histories without conditions on revisions. */
    static History withoutRevisions(History history) {
        return map(
                history,
                call -> call.response()
                        .map(response -> with(call, new Response(0, response.applied(), withoutRevision(response))))
                        .orElse(call));
    }

    private static Optional<Version> withoutRevision(Response response) {
        return response.found().map(version -> new Version(version.value(), 0));
    }

    static Call with(Call call, Response response) {
        return new Call(call.client(), call.invoked(), call.returned(), call.operation(), new Outcome.Ok(response));
    }

    static Call failed(Call call) {
        return new Call(call.client(), call.invoked(), call.returned(), call.operation(), new Outcome.Failed());
    }

    private static History map(History history, UnaryOperator<Call> change) {
        return new History(history.calls().stream().map(change).toList());
    }
}
