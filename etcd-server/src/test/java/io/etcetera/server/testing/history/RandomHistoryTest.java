package io.etcetera.server.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.history.StoreSimulation.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories of a simulated store are right; with one call changed, they are as right as a search of all orders says. */
class RandomHistoryTest {

    private static final Verdict CORRECT = new Verdict.Correct();

    private static Verdict check(History history) {
        return new LinearizabilityChecker(System::nanoTime, Duration.ofMinutes(1)).check(history);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void acceptsWhatAStoreDid(long seed) {
        int clients = 2 + (int) seed % 9;
        int keys = 1 + (int) seed % 3;
        for (int lossPercent : new int[] {0, 2, 15}) {
            assertAccepted(new Setup(clients, keys, 600, 0, lossPercent), seed);
            // If many calls write the same values, nobody can tell which of the lost ones was made: orders are many.
            assertAccepted(new Setup(clients, keys, 100, 3, lossPercent), seed);
        }
    }

    private static void assertAccepted(Setup setup, long seed) {
        History history = StoreSimulation.run(setup, seed).history();
        assertThat(check(history)).as("seed %d, %s", seed, setup).isEqualTo(CORRECT);
        assertThat(RevisionOrderChecker.check(history))
                .as("seed %d, %s", seed, setup)
                .isEqualTo(CORRECT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreesWithASearchOfAllOrders(boolean withoutRevisions) {
        int right = 0;
        int wrong = 0;
        for (long seed = 1; seed <= 6000; seed++) {
            Random random = new Random(seed);
            var setup = new Setup(3, 1, 4 + random.nextInt(4), random.nextInt(3), 10 * random.nextInt(3));
            History history = StoreSimulation.run(setup, seed).history();
            History mutated = new Mutation(random).of(history);
            if (withoutRevisions) {
                mutated = Histories.withoutRevisions(byValue(mutated));
            }

            boolean expected = BruteForce.isLinearizable(mutated.calls());
            assertThat(check(mutated).equals(CORRECT))
                    .as("seed %d: %s", seed, mutated.calls())
                    .isEqualTo(expected);
            right += expected ? 1 : 0;
            wrong += expected ? 0 : 1;
        }
        assertThat(right).isGreaterThan(500);
        assertThat(wrong).isGreaterThan(500);
    }

    private static History byValue(History history) {
        return new History(history.calls().stream()
                .filter(call -> !(call.operation() instanceof Operation.CompareAndSwap swap)
                        || swap.condition().modRevision() == 0)
                .toList());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void seesOneWrongAnswerAmongMany(long seed) {
        History history = StoreSimulation.run(new Setup(8, 5, 3000, 0, 3), seed).history();
        Random random = new Random(seed);
        List<Call> reads = history.calls().stream()
                .filter(Call::isRead)
                .filter(call -> call.response().flatMap(Response::found).isPresent())
                .toList();
        Call read = reads.get(reads.size() / 2 + random.nextInt(reads.size() / 2));

        assertBothRefuse(seed, Histories.replace(history, read, stale(history, read)));
        assertBothRefuse(
                seed,
                Histories.replace(history, read, Histories.with(read, Response.found(revision(read), "other", 2))));
        Optional<Call> writer = history.calls().stream()
                .filter(call ->
                        call.isApplied() && revision(call) == found(read).modRevision())
                .findFirst();
        writer.ifPresent(call -> assertBothRefuse(seed, Histories.replace(history, call, Histories.failed(call))));
    }

    /** The read, as if it had found what the last put that was over before it began had replaced. */
    private static Call stale(History history, Call read) {
        List<Call> puts = history.calls().stream()
                .filter(call -> call.operation() instanceof Operation.Put && call.isApplied())
                .filter(call -> call.key().equals(read.key()) && call.returned() < read.invoked())
                .sorted((a, b) -> Long.compare(revision(b), revision(a)))
                .toList();
        Call old = puts.get(1);
        String value = old.operation().written().orElseThrow();
        return Histories.with(read, Response.found(revision(read), value, revision(old)));
    }

    private static long revision(Call call) {
        return call.response().orElseThrow().revision();
    }

    private static Version found(Call call) {
        return call.response().flatMap(Response::found).orElseThrow();
    }

    private static void assertBothRefuse(long seed, History history) {
        assertThat(check(history)).as("seed %d", seed).isInstanceOf(Verdict.Violated.class);
        assertThat(RevisionOrderChecker.check(history)).as("seed %d", seed).isInstanceOf(Verdict.Violated.class);
    }

    /** The time limit stands for "seconds" on a machine that is busy with other things. */
    @Test
    void checksHundredThousandCallsQuickly() {
        for (int keys : new int[] {10, 100}) {
            var setup = new Setup(10, keys, 100_000, 0, 2);
            History history = StoreSimulation.run(setup, keys).history();
            var checker = new LinearizabilityChecker(System::nanoTime, Duration.ofSeconds(30));

            assertThat(checker.check(history)).as(setup.toString()).isEqualTo(CORRECT);
            assertThat(RevisionOrderChecker.check(history)).as(setup.toString()).isEqualTo(CORRECT);
        }
    }
}
