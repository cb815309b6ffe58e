package io.etcetera.server.figures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * What callers got who each waited for one answer before they asked for the next.
 *
 * @param perSecond answers of all callers
 * @param p50Nanos time that half of the answers took at most
 * @param p99Nanos time that 99 of 100 took at most
 */
record ClosedLoop(double perSecond, long p50Nanos, long p99Nanos) {

    /** One call and its answer. */
    @FunctionalInterface
    interface Call {
        /**
         * Calls, and returns when the answer is there.
         *
         * @param number of the call among those of one caller, from 0
         */
        void run(int number) throws Exception;
    }

    /** Lets {@code callers} threads call for so long, and looks at what all of them saw. */
    static ClosedLoop run(int callers, Duration time, Call call) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            List<Future<long[]>> running = IntStream.range(0, callers)
                    .mapToObj(caller -> threads.submit(() -> callUntil(end, call)))
                    .toList();
            List<long[]> seen = new ArrayList<>();
            for (Future<long[]> one : running) {
                seen.add(one.get());
            }
            long nanos = System.nanoTime() - begin;
            long[] sorted = seen.stream().flatMapToLong(Arrays::stream).sorted().toArray();
            return new ClosedLoop(
                    sorted.length * 1e9 / nanos,
                    sorted[sorted.length / 2],
                    sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)]);
        } finally {
            threads.shutdownNow();
        }
    }

    /** How long each call took. */
    private static long[] callUntil(long end, Call call) throws Exception {
        long[] nanos = new long[1 << 12];
        int calls = 0;
        for (long begin = System.nanoTime(); begin - end < 0; ) {
            call.run(calls);
            long now = System.nanoTime();
            if (calls == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * calls);
            }
            nanos[calls] = now - begin;
            calls++;
            begin = now;
        }
        return Arrays.copyOf(nanos, calls);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%,9.0f a second, p50 %7.1f us, p99 %7.1f us", perSecond, p50Nanos / 1e3, p99Nanos / 1e3);
    }
}
