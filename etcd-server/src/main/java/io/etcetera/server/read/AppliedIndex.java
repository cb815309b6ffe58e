package io.etcetera.server.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Index of the last entry applied on this member, and those who wait for one to come. The apply thread advances it;
 * anyone may read it and wait.
 */
public final class AppliedIndex implements LongSupplier {
    private final Object lock = new Object();
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::index));

    // Volatile both, written in opposite order by the two sides: a waiter first counts itself and then looks at the
    // index, the apply thread first moves the index and then looks at the count. One of them sees the other.
    private volatile long index;
    private volatile int waiterCount;

    public AppliedIndex(long initialIndex) {
        this.index = initialIndex;
    }

    @Override
    public long getAsLong() {
        return index;
    }

    /** Runs {@code action} once {@code wanted} has been applied: at once, or later on the apply thread. */
    public void await(long wanted, Runnable action) {
        if (index < wanted) {
            synchronized (lock) {
                waiterCount = waiters.size() + 1;
                if (index < wanted) {
                    waiters.add(new Waiter(wanted, action));
                    return;
                }
                waiterCount = waiters.size();
            }
        }
        action.run();
    }

    /** Moves on. Apply thread only. */
    public void advance(long newIndex) {
        index = newIndex;
        if (waiterCount == 0) {
            return;
        }
        List<Runnable> reached = new ArrayList<>();
        synchronized (lock) {
            for (Waiter first = waiters.peek(); first != null && first.index <= newIndex; first = waiters.peek()) {
                waiters.remove();
                reached.add(first.action);
            }
            waiterCount = waiters.size();
        }
        reached.forEach(Runnable::run);
    }

    private record Waiter(long index, Runnable action) {}
}
