package io.etcetera.server.testing.history;

import io.etcetera.server.testing.history.OrderSearch.DeadEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether each key's calls can be put into one order in which every answer is right, and which keeps calls apart that did not
 * overlap. Revisions of writes, where they are known, must rise in that order.
 */
public final class LinearizabilityChecker {

    private final LongSupplier nanoClock;
    private final Duration limit;

    /**
     * Makes a checker for any number of histories.
     *
     * @param limit time after which a history stays undecided; for all keys together
     */
    public LinearizabilityChecker(LongSupplier nanoClock, Duration limit) {
        this.nanoClock = nanoClock;
        this.limit = limit;
    }

    /** Stops at the first key that is wrong. */
    public Verdict check(History history) {
        Deadline deadline = new Deadline(nanoClock, limit);
        List<String> undecided = new ArrayList<>();
        for (Map.Entry<String, List<Call>> key : history.byKey().entrySet()) {
            try {
                Optional<DeadEnd> deadEnd = OrderSearch.run(KeySteps.of(key.getValue()), deadline);
                if (deadEnd.isPresent()) {
                    return new Verdict.Violated(
                            new DeadEndReport(key.getKey(), key.getValue(), history.origin()).of(deadEnd.get()));
                }
            } catch (UndecidedException e) {
                undecided.add("key " + CallText.encode(key.getKey()) + ": " + e.getMessage());
            }
        }
        return undecided.isEmpty() ? new Verdict.Correct() : new Verdict.Undecided(String.join("\n", undecided));
    }
}
