package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Supposed orders that differ in what may follow. Of two with the same state and the same steps made, one that has used fewer
 * unanswered writes can be continued in every way that the other can; the other is dropped.
 */
final class Frontier {

    /**
     * One supposed order of all steps that have returned, and some that are running.
     *
     * @param made running steps that are in the order, as bits of their slots
     * @param used how many unanswered writes of each kind are in the order; not to be changed
     */
    record Order(long made, KeyState state, int[] used, Trail trail) {}

    private record Position(long made, KeyState state) {}

    private final Map<Position, List<Order>> orders = new HashMap<>();
    private int size;

    /** Returns whether the order adds a possibility to those that are there. */
    boolean add(Order order) {
        List<Order> alike =
                orders.computeIfAbsent(new Position(order.made(), order.state()), position -> new ArrayList<>(1));
        for (Order other : alike) {
            if (usesAtMost(other.used(), order.used())) {
                return false;
            }
        }
        int before = alike.size();
        alike.removeIf(other -> usesAtMost(order.used(), other.used()));
        alike.add(order);
        size += alike.size() - before;
        return true;
    }

    /** Kinds that one has and the other does not came later: it has used none of them. */
    private static boolean usesAtMost(int[] used, int[] others) {
        for (int kind = 0; kind < used.length; kind++) {
            if (used[kind] > (kind < others.length ? others[kind] : 0)) {
                return false;
            }
        }
        return true;
    }

    List<Order> orders() {
        List<Order> all = new ArrayList<>(size);
        orders.values().forEach(all::addAll);
        return Collections.unmodifiableList(all);
    }

    int size() {
        return size;
    }
}
