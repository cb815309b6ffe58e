package io.etcetera.server.testing.history;

import java.util.Optional;

/** What a client asks of one key. All of it, reads too, is asked to be linearizable. */
public sealed interface Operation {

    String key();

    /** Value of the key once this has been applied; empty if the key is gone then. Without meaning for a read. */
    Optional<String> written();

    /** What the key must have been like for this answer to be right. */
    Condition required(Response response);

    /** What the key must be like for this to change it. */
    Condition requiredToApply();

    record Put(String key, String value) implements Operation {
        @Override
        public Optional<String> written() {
            return Optional.of(value);
        }

        @Override
        public Condition required(Response response) {
            return Condition.ANY;
        }

        @Override
        public Condition requiredToApply() {
            return Condition.ANY;
        }
    }

    record Delete(String key) implements Operation {
        @Override
        public Optional<String> written() {
            return Optional.empty();
        }

        @Override
        public Condition required(Response response) {
            return response.applied() ? Condition.PRESENT : Condition.ABSENT;
        }

        @Override
        public Condition requiredToApply() {
            return Condition.PRESENT;
        }
    }

    record Get(String key) implements Operation {
        @Override
        public Optional<String> written() {
            return Optional.empty();
        }

        @Override
        public Condition required(Response response) {
            return Condition.holds(response.found());
        }

        @Override
        public Condition requiredToApply() {
            return Condition.NEVER;
        }
    }

    /** A transaction: if the key meets the condition, put the value, else get the key. */
    record CompareAndSwap(String key, Condition condition, String value) implements Operation {
        @Override
        public Optional<String> written() {
            return Optional.of(value);
        }

        @Override
        public Condition required(Response response) {
            if (response.applied()) {
                return condition;
            }
            return condition.isMetBy(response.found()) ? Condition.NEVER : Condition.holds(response.found());
        }

        @Override
        public Condition requiredToApply() {
            return condition;
        }
    }
}
