package io.etcetera.testing.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** What one thread has used of processor and memory. May be read by any thread. */
final class Meter {
    private static final ThreadMXBean BEAN = bean();

    private final long threadId;

    Meter(Thread thread) {
        this.threadId = thread.getId();
    }

    private static ThreadMXBean bean() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean) {
            return bean;
        }
        throw new IllegalStateException("this Java does not count what threads allocate");
    }

    /** Processor time so far; -1 once the thread has ended. */
    long cpuMillis() {
        long nanos = BEAN.getThreadCpuTime(threadId);
        return nanos < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    long allocatedBytes() {
        return BEAN.getThreadAllocatedBytes(threadId);
    }
}
