package io.etcetera.daemon.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Shortens a sequence of operations at whose end two servers differ. Every attempt is a run on fresh servers, so
 * attempts are few and large parts are tried first: the last operations alone, then the rest without each half, each
 * quarter, and so on, until nothing more can go or the time is up. Whatever difference an attempt ends in is taken.
 */
final class Shrinker {
    private static final int SHORTEST_TAIL = 16;

    private final Workload workload;
    private final long deadlineNanos;
    private final Coverage ignored = new Coverage();

    /** @param limitSeconds how long it may go on trying */
    Shrinker(Workload workload, long limitSeconds) {
        this.workload = workload;
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    }

    Difference shrink(Difference found) throws IOException, InterruptedException {
        Difference shortest = tail(found);
        int part = Math.max(1, shortest.operations().size() / 2);
        while (!timeIsUp()) {
            Difference shorter = withoutParts(shortest, part);
            boolean progress =
                    shorter.operations().size() < shortest.operations().size();
            shortest = shorter;
            if (part == 1 && !progress) {
                return shortest;
            }
            part = Math.max(1, Math.min(part, shortest.operations().size()) / 2);
        }
        return shortest;
    }

    private Difference tail(Difference found) throws IOException, InterruptedException {
        int all = found.operations().size();
        for (int length = SHORTEST_TAIL; length < all && !timeIsUp(); length *= 4) {
            Optional<Difference> again = attempt(found, found.operations().subList(all - length, all));
            if (again.isPresent()) {
                return again.get();
            }
        }
        return found;
    }

    /** Tries to leave out each run of {@code part} operations. */
    private Difference withoutParts(Difference found, int part) throws IOException, InterruptedException {
        Difference shortest = found;
        int from = 0;
        while (from < shortest.operations().size() && !timeIsUp()) {
            List<Operation> fewer = new ArrayList<>(shortest.operations());
            fewer.subList(from, Math.min(from + part, fewer.size())).clear();
            Optional<Difference> again = attempt(found, fewer);
            if (again.isPresent()) {
                shortest = again.get();
            } else {
                from += part;
            }
        }
        return shortest;
    }

    private Optional<Difference> attempt(Difference found, List<Operation> operations)
            throws IOException, InterruptedException {
        Iterator<Operation> iterator = List.copyOf(operations).iterator();
        return Replay.run(workload, found.seed(), iterator::next, operations.size(), ignored);
    }

    private boolean timeIsUp() {
        return System.nanoTime() > deadlineNanos;
    }
}
