package io.etcetera.server.testing.history;

import io.etcetera.server.testing.history.Frontier.Order;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Searches an order of one key's steps, by just-in-time linearization (G. Lowe, Testing for linearizability, 2017), which
 * refines the search of J. Wing and C. Gong (1993).
 *
 * <p>Invocations and returns are gone through as they happened, with all orders in hand that are still possible. A step must be
 * in an order only when it returns; it then is added to those that lack it, after any other running steps. When no order is
 * left, the history until that return is the shortest prefix that is wrong. Memory is bounded by {@link #MOST_ORDERS}.
 *
 * <p>What keeps the orders few: reads that change nothing are added as soon as the state meets them; a write never goes before a
 * running one with a lower revision; unanswered writes that do the same are exchangeable, so that only their number counts.
 */
final class OrderSearch {

    private static final int MOST_ORDERS = 100_000;
    private static final int MOST_RUNNING = Long.SIZE;

    private enum Moment {
        INVOKED,
        RETURNED,
        /** Of an unanswered write that was seen by a call which returns at the same time: that call tells more. */
        RETURNED_UNANSWERED
    }

    /** @param number of the step, among all of the key */
    private record Event(long time, Moment moment, int number, Step step) {}

    private record Kind(Condition required, Optional<String> written) {}

    /** Unanswered writes that do the same, as far as they have been invoked. */
    private static final class Unanswered {
        final Step first;
        int invoked;

        Unanswered(Step first) {
            this.first = first;
        }
    }

    private final List<Event> events;
    private final Deadline deadline;
    private final Step[] slots = new Step[MOST_RUNNING];
    /** By the number of a step that is running. */
    private final int[] slotOf;

    private final Map<Kind, Unanswered> kinds = new HashMap<>();
    private final List<Unanswered> unanswered = new ArrayList<>();
    private long running;
    private Frontier frontier = new Frontier();

    private OrderSearch(List<Step> steps, Deadline deadline) {
        this.events = events(steps);
        this.slotOf = new int[steps.size()];
        this.deadline = deadline;
        frontier.add(new Order(0, KeyState.INITIAL, new int[0], Trail.EMPTY));
    }

    /** The step whose return no order survives, or empty if an order exists. */
    static Optional<DeadEnd> run(List<Step> steps, Deadline deadline) throws UndecidedException {
        return new OrderSearch(steps, deadline).run();
    }

    /** Steps that touch in time count as concurrent. */
    private static List<Event> events(List<Step> steps) {
        List<Event> events = new ArrayList<>();
        for (int number = 0; number < steps.size(); number++) {
            Step step = steps.get(number);
            events.add(new Event(step.invoked(), Moment.INVOKED, number, step));
            if (step.isCertain()) {
                Moment moment = step.call().isUnknown() ? Moment.RETURNED_UNANSWERED : Moment.RETURNED;
                events.add(new Event(step.returned(), moment, number, step));
            }
        }
        events.sort(Comparator.comparingLong(Event::time).thenComparing(Event::moment));
        return events;
    }

    private Optional<DeadEnd> run() throws UndecidedException {
        for (Event event : events) {
            if (event.moment() != Moment.INVOKED) {
                Frontier next = returned(event.number());
                if (next.size() == 0) {
                    return Optional.of(deadEnd(event.step()));
                }
                frontier = next;
            } else if (event.step().isCertain()) {
                begin(event.number(), event.step());
            } else {
                offer(event.step());
            }
        }
        return Optional.empty();
    }

    private void offer(Step step) {
        Unanswered alike = kinds.computeIfAbsent(new Kind(step.required(), step.written()), kind -> {
            Unanswered added = new Unanswered(step);
            unanswered.add(added);
            return added;
        });
        alike.invoked++;
    }

    private void begin(int number, Step step) throws UndecidedException {
        int slot = Long.numberOfTrailingZeros(~running);
        if (slot == MOST_RUNNING) {
            throw new UndecidedException("more than " + MOST_RUNNING + " calls at once");
        }
        slots[slot] = step;
        slotOf[number] = slot;
        running |= 1L << slot;
        if (!step.writes()) {
            Frontier next = new Frontier();
            frontier.orders().forEach(order -> next.add(withReads(order)));
            frontier = next;
        }
    }

    private Frontier returned(int number) throws UndecidedException {
        long bit = 1L << slotOf[number];
        Frontier next = new Frontier();
        Frontier seen = new Frontier();
        for (Order order : frontier.orders()) {
            if ((order.made() & bit) != 0) {
                next.add(without(order, bit));
            } else {
                extend(order, bit, seen, next);
            }
        }
        if (next.size() > 0) {
            running &= ~bit;
        }
        return next;
    }

    private static Order without(Order order, long bit) {
        return new Order(order.made() & ~bit, order.state(), order.used(), order.trail());
    }

    /** Adds to {@code next} the ways to go on from an order to the step with this bit, and no further. */
    private void extend(Order start, long bit, Frontier seen, Frontier next) throws UndecidedException {
        Deque<Order> todo = new ArrayDeque<>();
        if (seen.add(start)) {
            todo.push(start);
        }
        while (!todo.isEmpty()) {
            for (Order order : successors(todo.pop())) {
                if ((order.made() & bit) != 0) {
                    next.add(without(order, bit));
                } else if (seen.add(order)) {
                    todo.push(order);
                }
            }
            deadline.check();
            if (seen.size() + next.size() > MOST_ORDERS) {
                throw new UndecidedException("more than " + MOST_ORDERS + " orders possible");
            }
        }
    }

    private List<Order> successors(Order order) {
        List<Order> successors = new ArrayList<>();
        long waiting = running & ~order.made();
        long lowest = lowestRevision(waiting);
        for (long rest = waiting; rest != 0; rest &= rest - 1) {
            int slot = Long.numberOfTrailingZeros(rest);
            Step step = slots[slot];
            if (step.revision() <= lowest) {
                order.state()
                        .after(step)
                        .map(state -> new Order(
                                order.made() | (1L << slot),
                                state,
                                order.used(),
                                order.trail().then(step)))
                        .map(this::withReads)
                        .ifPresent(successors::add);
            }
        }
        for (int kind = 0; kind < unanswered.size(); kind++) {
            addUnanswered(order, kind, successors);
        }
        return successors;
    }

    private long lowestRevision(long waiting) {
        long lowest = Long.MAX_VALUE;
        for (long rest = waiting; rest != 0; rest &= rest - 1) {
            long revision = slots[Long.numberOfTrailingZeros(rest)].revision();
            if (revision != 0) {
                lowest = Math.min(lowest, revision);
            }
        }
        return lowest;
    }

    private void addUnanswered(Order order, int kind, List<Order> successors) {
        int used = kind < order.used().length ? order.used()[kind] : 0;
        if (used == unanswered.get(kind).invoked) {
            return;
        }
        Step step = unanswered.get(kind).first;
        order.state().after(step).ifPresent(state -> {
            int[] more = Arrays.copyOf(order.used(), Math.max(order.used().length, kind + 1));
            more[kind]++;
            successors.add(
                    withReads(new Order(order.made(), state, more, order.trail().then(step))));
        });
    }

    /** With all reads that the state meets without being told more of it: it is never better to make them later. */
    private Order withReads(Order order) {
        long made = order.made();
        Trail trail = order.trail();
        for (long rest = running & ~made; rest != 0; rest &= rest - 1) {
            int slot = Long.numberOfTrailingZeros(rest);
            Step step = slots[slot];
            if (!step.writes()
                    && order.state().after(step).filter(order.state()::equals).isPresent()) {
                made |= 1L << slot;
                trail = trail.then(step);
            }
        }
        return made == order.made() ? order : new Order(made, order.state(), order.used(), trail);
    }

    private DeadEnd deadEnd(Step step) {
        List<Step> concurrent = new ArrayList<>();
        for (long rest = running; rest != 0; rest &= rest - 1) {
            Step other = slots[Long.numberOfTrailingZeros(rest)];
            if (!other.equals(step)) {
                concurrent.add(other);
            }
        }
        return new DeadEnd(step, concurrent, frontier.orders());
    }

    /**
     * The return that no order survives.
     *
     * @param concurrent other steps that were running then
     * @param orders those that were possible just before
     */
    record DeadEnd(Step step, List<Step> concurrent, List<Order> orders) {}
}
