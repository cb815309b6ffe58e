package io.etcetera.server.testing.history;

import java.util.Optional;

/**
 * One key at one moment of a supposed order.
 *
 * @param value empty if the key is absent
 * @param modRevision of the value; 0 if it is absent, or was written by a call without an answer and not seen yet
 * @param floor highest revision known to have changed the key; later changes have higher ones
 */
record KeyState(Optional<String> value, long modRevision, long floor) {

    static final KeyState INITIAL = new KeyState(Optional.empty(), 0, 0);

    /** The state after a step, or empty if the step is not possible in this one. */
    Optional<KeyState> after(Step step) {
        Optional<KeyState> met = meeting(step.required());
        if (!step.writes() || met.isEmpty()) {
            return met;
        }
        KeyState before = met.get();
        if (step.revision() == 0) {
            return Optional.of(new KeyState(step.written(), 0, before.floor));
        }
        if (step.revision() <= before.floor) {
            return Optional.empty();
        }
        long written = step.written().isPresent() ? step.revision() : 0;
        return Optional.of(new KeyState(step.written(), written, step.revision()));
    }

    /** This state, with what the condition tells of it. */
    private Optional<KeyState> meeting(Condition condition) {
        return switch (condition.presence()) {
            case ANY -> Optional.of(this);
            case NEVER -> Optional.empty();
            case ABSENT -> value.isEmpty() ? Optional.of(this) : Optional.empty();
            case PRESENT -> meetingPresent(condition);
        };
    }

    private Optional<KeyState> meetingPresent(Condition condition) {
        if (value.isEmpty() || !condition.value().map(value.get()::equals).orElse(true)) {
            return Optional.empty();
        }
        long wanted = condition.modRevision();
        if (wanted == 0 || wanted == modRevision) {
            return Optional.of(this);
        }
        boolean learned = modRevision == 0 && wanted > floor;
        return learned ? Optional.of(new KeyState(value, wanted, wanted)) : Optional.empty();
    }

    String describe() {
        return value.map(text -> CallText.encode(text) + (modRevision == 0 ? "" : " at revision " + modRevision))
                .orElse("absent");
    }
}
