package io.etcetera.server.testing.history;

/** How a call ended, as far as its client knows. */
public sealed interface Outcome {

    record Ok(Response response) implements Outcome {}

    /** Refused: it has not been applied, and never will be. */
    record Failed() implements Outcome {}

    /** No answer: it may be applied at any time after its invocation, or never. */
    record Unknown() implements Outcome {}
}
