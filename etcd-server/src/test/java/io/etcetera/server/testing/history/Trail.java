package io.etcetera.server.testing.history;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The steps of a supposed order, last one first; orders share their beginnings. */
record Trail(Optional<Trail> before, Optional<Step> last) {

    static final Trail EMPTY = new Trail(Optional.empty(), Optional.empty());

    Trail then(Step step) {
        return new Trail(Optional.of(this), Optional.of(step));
    }

    /** The last steps, at most so many, in their order. */
    List<Step> last(int most) {
        Deque<Step> steps = new ArrayDeque<>();
        Optional<Trail> at = Optional.of(this);
        while (at.isPresent() && steps.size() < most) {
            at.get().last().ifPresent(steps::addFirst);
            at = at.get().before();
        }
        return List.copyOf(steps);
    }
}
