package io.etcetera.server.testing;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** Threads that began after a moment and do not end. */
public final class LeftThreads {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long JOIN_MILLIS = 100;

    private final Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());

    private LeftThreads() {}

    /** Those that there are by now do not count. */
    public static LeftThreads sinceNow() {
        return new LeftThreads();
    }

    /** Names of those that outlive a while, for pools end their threads in their own time; empty as soon as there is none. */
    public Set<String> awaitNone() throws InterruptedException {
        long begin = System.nanoTime();
        Set<Thread> left = left();
        while (!left.isEmpty() && System.nanoTime() - begin < PATIENCE.toNanos()) {
            for (Thread thread : left) {
                thread.join(JOIN_MILLIS);
            }
            left = left();
        }
        return left.stream().map(Thread::getName).collect(Collectors.toSet());
    }

    private Set<Thread> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .collect(Collectors.toSet());
    }
}
