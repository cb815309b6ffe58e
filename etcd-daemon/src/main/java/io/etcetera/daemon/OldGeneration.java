package io.etcetera.daemon;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import javax.management.NotificationEmitter;

/**
 * Has the old generation of the heap collected when it holds twice what was alive in it last. The serial collector does so by
 * itself on Java 17; newer ones let it grow up to the limit of the heap, which is half of the machine's memory, before they look
 * into it. Other collectors have no such generation, and are left alone.
 *
 * <p>Each collection stops the process for as long as it takes to copy what is alive, and comes as rarely as that doubles.
 */
final class OldGeneration {
    private static final int LAST_THAT_COLLECTS = 17;
    private static final String POOL = "Tenured Gen";

    /** Below this, nothing is worth a collection. */
    private static final long LEAST_BYTES = 96L << 20;

    private final MemoryPoolMXBean pool;

    private OldGeneration(MemoryPoolMXBean pool) {
        this.pool = pool;
    }

    /** Begins to watch it, if need be, on a thread that waits in the background: the beans take their time. */
    static void watch() {
        if (Runtime.version().feature() > LAST_THAT_COLLECTS) {
            Thread thread = new Thread(OldGeneration::begin, "old-generation");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void begin() {
        ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals(POOL) && pool.isUsageThresholdSupported())
                .map(OldGeneration::new)
                .forEach(OldGeneration::follow);
    }

    private void follow() {
        if (pool.getUsage().getUsed() > LEAST_BYTES) {
            System.gc(); // a member that starts with much data leaves garbage, and might rest from then on
        }
        waitForTwice(pool.getUsage().getUsed());
        NotificationEmitter memory = (NotificationEmitter) ManagementFactory.getMemoryMXBean();
        // No other pool has a threshold.
        memory.addNotificationListener((notification, handback) -> collect(), null, null);
    }

    /** On the thread that the JVM has for notifications. */
    private void collect() {
        System.gc();
        waitForTwice(pool.getUsage().getUsed());
    }

    /** Near the limit of the heap, the JVM collects by itself. */
    private void waitForTwice(long aliveBytes) {
        long wanted = Math.max(LEAST_BYTES, 2 * aliveBytes);
        long most = pool.getUsage().getMax();
        pool.setUsageThreshold(most < 0 ? wanted : Math.min(wanted, most));
    }
}
