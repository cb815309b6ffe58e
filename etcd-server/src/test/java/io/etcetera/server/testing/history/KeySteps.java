package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The calls of one key as steps to be put into order. Writes without an answer are what makes that expensive, as each may have
 * been made at any later time; so all is drawn from the answers of others first:
 *
 * <ul>
 *   <li>One whose value nobody else writes, and somebody saw, was made, before whoever saw it first returned.
 *   <li>One whose value nobody saw is left out, unless it could be the key that a delete found.
 * </ul>
 *
 * Neither changes whether an order exists.
 */
final class KeySteps {

    private final List<Step> certain = new ArrayList<>();
    private final List<Step> unanswered = new ArrayList<>();

    private KeySteps() {}

    static List<Step> of(List<Call> calls) {
        KeySteps steps = new KeySteps();
        for (Call call : calls) {
            call.response().ifPresent(response -> steps.certain.add(Step.answered(call, response)));
            if (call.isUnknown() && !call.isRead()) {
                steps.unanswered.add(Step.unanswered(call));
            }
        }
        steps.settleSeen();
        List<Step> all = steps.withoutUnseen();
        all.addAll(steps.certain);
        return all;
    }

    private void settleSeen() {
        Map<String, Integer> writers = new HashMap<>();
        certain.stream().filter(Step::writes).forEach(step -> count(writers, step));
        unanswered.forEach(step -> count(writers, step));
        Map<String, Sighting> sightings = new HashMap<>();
        for (Step step : certain) {
            step.required().value().ifPresent(value -> sightings.merge(value, Sighting.by(step), Sighting::and));
        }
        unanswered.removeIf(step -> {
            Optional<Sighting> seen = step.written()
                    .filter(value -> writers.getOrDefault(value, 0) == 1)
                    .map(sightings::get)
                    .filter(sighting -> sighting.returned() >= step.invoked());
            seen.ifPresent(sighting -> certain.add(step.madeBefore(sighting.returned(), sighting.modRevision())));
            return seen.isPresent();
        });
    }

    private static void count(Map<String, Integer> writers, Step step) {
        step.written().ifPresent(value -> writers.merge(value, 1, Integer::sum));
    }

    /** When a value was known to be there at the latest, and the revision it was seen with, or 0. */
    private record Sighting(long returned, long modRevision) {
        static Sighting by(Step step) {
            return new Sighting(step.returned(), step.required().modRevision());
        }

        Sighting and(Sighting other) {
            return new Sighting(Math.min(returned, other.returned), modRevision == 0 ? other.modRevision : modRevision);
        }
    }

    private List<Step> withoutUnseen() {
        Set<String> seen = new HashSet<>();
        List<Step> all = new ArrayList<>(certain);
        all.addAll(unanswered);
        all.forEach(step -> step.required().value().ifPresent(seen::add));
        boolean mayBeMet = mayBeMetWithoutValue();
        List<Step> kept = new ArrayList<>();
        Optional<String> unseen = Optional.empty();
        for (Step step : unanswered) {
            if (step.written().map(seen::contains).orElse(true)) {
                kept.add(step);
            } else if (mayBeMet) {
                // Values that nobody saw are as good as one value; that makes the steps exchangeable.
                unseen = unseen.or(step::written);
                kept.add(new Step(
                        step.call(), step.invoked(), step.returned(), step.required(), true, unseen, step.revision()));
            }
        }
        return kept;
    }

    /** Whether a step needs the key to be present, but does not say with which value, nor with a revision that is settled. */
    private boolean mayBeMetWithoutValue() {
        Set<Long> settled = new HashSet<>();
        certain.stream().filter(Step::writes).map(Step::revision).forEach(settled::add);
        List<Step> asking = new ArrayList<>(certain);
        unanswered.stream().filter(step -> step.written().isPresent()).forEach(asking::add);
        return asking.stream()
                .map(Step::required)
                .anyMatch(required -> required.presence() == Condition.Presence.PRESENT
                        && required.value().isEmpty()
                        && (required.modRevision() == 0 || !settled.contains(required.modRevision())));
    }
}
