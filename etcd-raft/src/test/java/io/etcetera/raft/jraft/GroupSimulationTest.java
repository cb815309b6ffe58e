package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three members under random faults: cut links, lost messages, slow disks, restarts, logs cut while members are away. In the end,
 * every acknowledged entry is in every member, once, in the same order, and no read was answered with an index older than
 * what had been acknowledged before it was asked.
 *
 * <p>Runs for {@code -Draft.simulation.seeds} seeds of {@code -Draft.simulation.seconds} each, from {@code
 * -Draft.simulation.seed} on; the seed is part of the test's name.
 */
@Timeout(600)
class GroupSimulationTest {
    private static final long FAULT_MILLIS = 700;
    private static final double LOSS = 0.1;

    @TempDir
    Path directory;

    static List<Long> seeds() {
        int count = Integer.getInteger("raft.simulation.seeds", 2);
        long first = Long.getLong("raft.simulation.seed", 1);
        return LongStream.range(first, first + count).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingAcknowledgedIsLost(long seed) throws Exception {
        Random random = new Random(seed);
        Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
        try (Group group = new Group(directory, seed, 200, 1L, 2L, 3L)) {
            CountDownLatch enough = new CountDownLatch(1);
            Writer writer = new Writer(group, acknowledged, enough);
            writer.start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("raft.simulation.seconds", 6));
            while (System.nanoTime() < end) {
                breakSomething(group, random);
            }
            group.network.heal();
            for (long id = 1; id <= 3; id++) {
                if (!group.running().contains(id)) {
                    group.start(id);
                }
            }
            group.awaitAllLike(group.put());
            Group.await("the writer to be answered once", () -> !acknowledged.isEmpty() || !writer.isAlive());
            enough.countDown();
            writer.join();
            group.awaitAllLike(group.put());

            assertThat(writer.problem).isNull();
            assertThat(acknowledged).isNotEmpty();
            for (long id : group.running()) {
                assertThat(group.machine(id).appliedSoFar())
                        .containsAll(acknowledged)
                        .doesNotHaveDuplicates();
                assertThat(group.machine(id).failures).hasValue(0);
            }
        }
    }

    private static void breakSomething(Group group, Random random) throws Exception {
        if (random.nextBoolean()) {
            group.log(random.nextLong(1, 4)).shut();
        }
        long victim = random.nextLong(1, 4);
        switch (random.nextInt(4)) {
            case 0 -> group.network.isolate(victim, List.of(1L, 2L, 3L));
            case 1 -> group.network.lose(LOSS);
            case 2 -> {
                if (group.running().size() == 3) {
                    group.stop(victim);
                }
            }
            default -> {
                long leader = group.running().stream()
                        .filter(id -> group.node(id).isLeader())
                        .findFirst()
                        .orElse(0L);
                if (leader != 0) {
                    group.network.isolate(leader, List.of(1L, 2L, 3L));
                }
            }
        }
        Thread.sleep(random.nextLong(FAULT_MILLIS));
        group.network.heal();
        for (long id = 1; id <= 3; id++) {
            if (!group.running().contains(id)) {
                group.start(id);
            }
        }
        Thread.sleep(random.nextLong(FAULT_MILLIS));
        group.openLogs();
    }

    /** Writes through any member that leads, and reads through any member at all. */
    private static final class Writer extends Thread {
        private final Group group;
        private final Set<Long> acknowledged;
        private final CountDownLatch enough;
        private long highestIndex;
        volatile @Nullable Throwable problem;

        Writer(Group group, Set<Long> acknowledged, CountDownLatch enough) {
            this.group = group;
            this.acknowledged = acknowledged;
            this.enough = enough;
        }

        @Override
        public void run() {
            try {
                while (enough.getCount() > 0) {
                    for (long id : group.running()) {
                        writeAndRead(id);
                    }
                }
            } catch (Throwable e) {
                problem = e;
            }
        }

        private void writeAndRead(long id) throws Exception {
            try {
                TestMachine machine = group.machine(id);
                var node = group.node(id);
                long number = machine.nextId.get();
                CompletableFuture<Long> read = Group.read(node);
                long before = highestIndex;
                if (node.isLeader()) {
                    highestIndex = machine.propose(node, Long.BYTES).get(200, TimeUnit.MILLISECONDS);
                    acknowledged.add(number);
                }
                long index = read.get(200, TimeUnit.MILLISECONDS);
                if (index < before) {
                    throw new AssertionError("read at " + index + " after " + before + " was acknowledged");
                }
            } catch (ExecutionException | TimeoutException | NullPointerException e) {
                // Lost, refused, or stopped meanwhile: whether it was written is unknown, and nothing is claimed.
                Thread.sleep(ThreadLocalRandom.current().nextLong(5));
            }
        }
    }
}
