package io.etcetera.server.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.history.StoreSimulation.Setup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchCheckerTest {

    private static final History HISTORY = Histories.of(
            "1 0 9 put k a ok 2 changed",
            "1 10 19 put l b ok 3 changed",
            "1 20 29 delete k ok 4 changed",
            "1 30 - put k c unknown",
            "1 40 49 put k d ok 6 changed",
            "1 50 59 put k e failed",
            "1 60 69 get k ok 6 found d 6");

    private static final WatchEvent A = WatchEvent.put("k", "a", 2);
    private static final WatchEvent B = WatchEvent.put("l", "b", 3);
    private static final WatchEvent GONE = WatchEvent.delete("k", 4);
    private static final WatchEvent C = WatchEvent.put("k", "c", 5);
    private static final WatchEvent D = WatchEvent.put("k", "d", 6);

    private static WatchLog log(WatchEvent... events) {
        WatchLog log = new WatchLog("all", key -> true, 1);
        log.connected();
        log.received(Arrays.asList(events));
        return log;
    }

    private static Verdict check(WatchLog... logs) {
        return new WatchChecker(HISTORY).check(List.of(logs), 6);
    }

    private static void assertRefused(String message, WatchLog... logs) {
        assertThat(check(logs))
                .isInstanceOfSatisfying(
                        Verdict.Violated.class,
                        violated -> assertThat(violated.report()).contains(message));
    }

    @Test
    void acceptsEveryChangeOnce() {
        assertThat(check(log(A, B, GONE, D))).isEqualTo(new Verdict.Correct());
        assertThat(check(log(A, B, GONE, C, D))).isEqualTo(new Verdict.Correct());
    }

    @Test
    void acceptsConnectionsThatContinueEachOther() {
        WatchLog log = log(A, B);
        assertThat(log.connected()).isEqualTo(4);
        log.received(List.of(GONE));
        log.progressed(5);
        assertThat(log.connected()).isEqualTo(6);
        log.received(List.of(D));

        assertThat(check(log)).isEqualTo(new Verdict.Correct());
    }

    @Test
    void refusesGapsDuplicatesAndDisorder() {
        assertRefused("gap", log(A, GONE, D));
        assertRefused("gap", log(A, B, D));
        assertRefused("gap", log(A, B, GONE));
        assertRefused("gap", log());
        assertRefused("duplicate", log(A, A, B, GONE, D));
        assertRefused("duplicate", log(A, B, GONE, D, A));
        assertRefused("out of order", log(A, GONE, B, D));
    }

    @Test
    void refusesWhatNobodyWrote() {
        assertRefused("another change", log(A, WatchEvent.put("l", "x", 3), GONE, D));
        assertRefused("another change", log(A, B, WatchEvent.put("k", "", 4), D));
        assertRefused("nobody made", log(A, B, GONE, D, WatchEvent.put("k", "e", 7)));
        assertRefused("nobody made", log(A, B, GONE, C, D, WatchEvent.put("k", "c", 7)));
    }

    @Test
    void refusesWhatAnotherConnectionHadBrought() {
        WatchLog log = log(A, B);
        log.connected();
        log.received(List.of(B, GONE, D));
        assertRefused("duplicate", log);

        WatchLog late = log(A, B, GONE);
        late.progressed(6);
        late.connected();
        late.received(List.of(D));
        assertRefused("out of order", late);
    }

    @Test
    void holdsWatchersAgainstEachOther() {
        assertRefused("gap", log(A, B, GONE, C, D), log(A, B, GONE, D));
        assertRefused("another change", log(A, B, GONE, C, D), log(A, B, GONE, WatchEvent.put("k", "f", 5), D));
    }

    @Test
    void watchesOnlyItsKeysFromItsRevision() {
        WatchLog log = new WatchLog("k", "k"::equals, 3);
        log.connected();
        log.received(List.of(GONE, D));
        assertThat(check(log)).isEqualTo(new Verdict.Correct());

        log.received(List.of(WatchEvent.put("l", "x", 7)));
        assertRefused("not watched", log);
    }

    @Test
    void takesTheChangesOfATransactionInItsOrder() {
        WatchEvent first = WatchEvent.put("m", "1", 7);
        WatchEvent second = WatchEvent.delete("l", 7);
        assertThat(checkWithTransaction(log(A, B, GONE, D, first, second), first, second))
                .isEqualTo(new Verdict.Correct());
        assertThat(checkWithTransaction(log(A, B, GONE, D, second, first), first, second))
                .isInstanceOf(Verdict.Violated.class);

        WatchLog torn = log(A, B, GONE, D, first);
        torn.connected();
        assertThat(checkWithTransaction(torn, first, second)).isInstanceOf(Verdict.Violated.class);
    }

    private static Verdict checkWithTransaction(WatchLog log, WatchEvent... changes) {
        WatchChecker checker = new WatchChecker(HISTORY);
        Arrays.stream(changes).forEach(checker::add);
        return checker.check(List.of(log), 7);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void seesOneWrongEventAmongMany(long seed) {
        StoreSimulation.Result result = StoreSimulation.run(new Setup(5, 4, 500, 0, 5), seed);
        List<WatchEvent> events = result.events();
        assertThat(checkReconnecting(result, events, seed)).as("seed %d", seed).isEqualTo(new Verdict.Correct());

        Random random = new Random(seed);
        int at = random.nextInt(events.size() - 1);
        List<WatchEvent> swapped = new ArrayList<>(events);
        Collections.swap(swapped, at, at + 1);
        List<WatchEvent> doubled = new ArrayList<>(events);
        doubled.add(at, events.get(at));
        List<WatchEvent> changed = new ArrayList<>(events);
        changed.set(
                at, WatchEvent.put(events.get(at).key(), "other", events.get(at).modRevision()));
        List<WatchEvent> shortened = new ArrayList<>(events);
        List<WatchEvent> answered = answered(result);
        shortened.remove(answered.get(random.nextInt(answered.size())));
        for (List<WatchEvent> wrong : List.of(swapped, doubled, changed, shortened)) {
            assertThat(checkReconnecting(result, wrong, seed))
                    .as("seed %d, event %d", seed, at)
                    .isInstanceOf(Verdict.Violated.class);
        }
    }

    /** Events that are known from an answer too; nobody could miss the others. */
    private static List<WatchEvent> answered(StoreSimulation.Result result) {
        return result.events().stream()
                .filter(event -> result.history().calls().stream()
                        .anyMatch(call -> call.isApplied()
                                && call.response().orElseThrow().revision() == event.modRevision()))
                .toList();
    }

    private static Verdict checkReconnecting(StoreSimulation.Result result, List<WatchEvent> events, long seed) {
        Random random = new Random(seed);
        WatchLog log = new WatchLog("all", key -> true, 1);
        log.connected();
        for (WatchEvent event : events) {
            log.received(List.of(event));
            if (random.nextInt(10) == 0) {
                log.connected();
            }
        }
        long last = result.events().get(result.events().size() - 1).modRevision();
        return new WatchChecker(result.history()).check(List.of(log), last);
    }
}
