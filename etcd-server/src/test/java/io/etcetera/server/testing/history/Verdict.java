package io.etcetera.server.testing.history;

/** What a checker says of a history. */
public sealed interface Verdict {

    record Correct() implements Verdict {}

    /**
     * The history is wrong.
     *
     * @param report for a human: what cannot be, and what happened around it
     */
    record Violated(String report) implements Verdict {}

    /** The history may be right or wrong: a limit was met before that was known. */
    record Undecided(String reason) implements Verdict {}

    /**
     * For tests.
     *
     * @throws AssertionError unless the history is known to be correct
     */
    default void orThrow() {
        if (!(this instanceof Correct)) {
            throw new AssertionError(toString());
        }
    }
}
