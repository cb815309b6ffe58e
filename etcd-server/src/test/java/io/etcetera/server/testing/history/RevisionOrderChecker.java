package io.etcetera.server.testing.history;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether the revisions in answers can be those of one store, over all keys. It takes the order of writes from their revisions
 * instead of searching one, so it is cheap, and never undecided; but of a write without an answer it only asks whether it was
 * invoked early enough. Answers without a revision are passed over.
 *
 * <ul>
 *   <li>No two writes have the same revision, and none that is seen was made by nobody.
 *   <li>No call gets a revision below that of a call that returned before it began; a write gets a higher one.
 *   <li>What a call found is the newest write of its key at or below its revision.
 * </ul>
 */
public final class RevisionOrderChecker {

    private final History history;
    private final UnansweredWrites unanswered;
    private final RevisionedWrites writes = new RevisionedWrites();

    private RevisionOrderChecker(History history) {
        this.history = history;
        this.unanswered = new UnansweredWrites(history);
    }

    public static Verdict check(History history) {
        try {
            new RevisionOrderChecker(history).check();
            return new Verdict.Correct();
        } catch (ViolationException e) {
            return new Verdict.Violated(String.valueOf(e.getMessage()));
        }
    }

    private void check() throws ViolationException {
        List<Call> answered = history.calls().stream()
                .filter(call -> call.response()
                        .filter(response -> response.revision() > 0)
                        .isPresent())
                .sorted(Comparator.comparingLong(Call::returned))
                .toList();
        for (Call call : answered) {
            if (call.isApplied()) {
                addWrite(call);
            }
        }
        for (Call call : answered) {
            addSeen(call);
        }
        checkRealTime(answered);
        for (Call call : answered) {
            checkFound(call);
        }
    }

    private void addWrite(Call call) throws ViolationException {
        long revision = revision(call);
        Optional<Call> other = writes.at(revision).map(RevisionedWrites.Write::witness);
        if (other.isPresent()) {
            throw violation("two writes have revision " + revision, call, other);
        }
        writes.add(
                revision,
                new RevisionedWrites.Write(call.key(), call.operation().written(), call));
    }

    /** A version that was found tells of a write, perhaps one whose own client got no answer. In the order of returns. */
    private void addSeen(Call call) throws ViolationException {
        Optional<Version> found = call.response().flatMap(Response::found).filter(version -> version.modRevision() > 0);
        if (found.isEmpty()) {
            return;
        }
        long revision = found.get().modRevision();
        Optional<String> value = Optional.of(found.get().value());
        Optional<RevisionedWrites.Write> known = writes.at(revision);
        if (known.isPresent()) {
            if (!known.get().key().equals(call.key()) || !known.get().value().equals(value)) {
                throw violation("it found at revision " + revision + " what this contradicts", call, known.get());
            }
        } else if (unanswered.use(call.key(), value, call.returned())) {
            writes.add(revision, new RevisionedWrites.Write(call.key(), value, call));
        } else {
            throw violation("nobody wrote what it found", call, Optional.empty());
        }
    }

    private void checkRealTime(List<Call> byReturn) throws ViolationException {
        Optional<Call> newest = Optional.empty();
        int returned = 0;
        for (Call call : history.calls()) {
            while (returned < byReturn.size() && byReturn.get(returned).returned() < call.invoked()) {
                Call before = byReturn.get(returned++);
                if (newest.isEmpty() || revision(before) > revision(newest.get())) {
                    newest = Optional.of(before);
                }
            }
            long revision = revision(call);
            if (revision == 0 || newest.isEmpty()) {
                continue;
            }
            if (revision < revision(newest.get()) || (call.isApplied() && revision == revision(newest.get()))) {
                throw violation("its revision is older than what had returned before it began", call, newest);
            }
        }
    }

    private void checkFound(Call call) throws ViolationException {
        Response response = call.response().orElseThrow();
        Condition required = call.operation().required(response);
        long at = response.applied() ? response.revision() - 1 : response.revision();
        Optional<RevisionedWrites.Entry> newest = writes.newest(call.key(), at);
        boolean right = switch (required.presence()) {
            case ANY -> true;
            case NEVER -> false;
            case ABSENT ->
                newest.flatMap(entry -> entry.write().value()).isEmpty()
                        || unanswered.mayHaveWritten(call.key(), Optional.empty(), call.returned());
            case PRESENT -> isRightPresent(call, required, at, newest);
        };
        if (!right) {
            throw violation(
                    "the newest write of the key at revision " + at + " was another",
                    call,
                    newest.map(entry -> entry.write().witness()));
        }
    }

    private boolean isRightPresent(Call call, Condition required, long at, Optional<RevisionedWrites.Entry> newest) {
        if (required.modRevision() > at) {
            return false;
        }
        long known = newest.map(RevisionedWrites.Entry::revision).orElse(0L);
        Optional<String> value = newest.flatMap(entry -> entry.write().value());
        boolean meets = required.isMetBy(value.map(text -> new Version(text, known)));
        boolean mayBeNewer = required.modRevision() == 0 || required.modRevision() > known;
        return meets || (mayBeNewer && mayHavePut(call, required.value()));
    }

    private boolean mayHavePut(Call call, Optional<String> value) {
        return value.isPresent()
                ? unanswered.mayHaveWritten(call.key(), value, call.returned())
                : unanswered.mayHavePut(call.key(), call.returned());
    }

    private static long revision(Call call) {
        return call.response().map(Response::revision).orElse(0L);
    }

    private ViolationException violation(String what, Call call, RevisionedWrites.Write write) {
        return violation(what, call, Optional.of(write.witness()));
    }

    private ViolationException violation(String what, Call call, Optional<Call> other) {
        long origin = history.origin();
        return new ViolationException("wrong revision: " + what + "\n    " + call.describe(origin)
                + other.map(found -> "\n    " + found.describe(origin)).orElse(""));
    }
}
