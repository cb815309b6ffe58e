package io.etcetera.server.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearizabilityCheckerTest {

    private static Verdict check(History history) {
        return new LinearizabilityChecker(System::nanoTime, Duration.ofMinutes(1)).check(history);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // An absent key, a put, a read, a deletion.
                "1 0 9 get k ok 1 absent; 1 10 19 put k a ok 2 changed; 2 20 29 get k ok 2 found a 2;"
                        + "2 30 39 delete k ok 3 changed; 1 40 49 get k ok 3 absent; 1 50 59 delete k ok 3 absent",
                // While a put runs, its value may be seen or not, and once it was seen it stays.
                "1 0 99 put k a ok 2 changed; 2 10 19 get k ok 1 absent; 3 20 29 get k ok 2 found a 2",
                // Calls that touch in time may have overlapped.
                "1 0 10 put k a ok 2 changed; 2 10 20 get k ok 1 absent",
                // Without an answer: made at once, made late, never made, made between two others.
                "1 0 - put k a unknown; 2 10 19 get k ok 2 found a 2",
                "1 0 - put k a unknown; 2 10 19 put k b ok 2 changed; 2 20 29 get k ok 2 found b 2;"
                        + "2 30 39 get k ok 3 found a 3",
                "1 0 - put k a unknown; 2 10 19 get k ok 1 absent",
                "1 0 - delete k unknown; 2 0 9 put k a ok 2 changed; 2 10 19 get k ok 3 absent",
                // A delete found a key that nobody ever saw.
                "1 0 - put k a unknown; 2 10 19 delete k ok 3 changed",
                "1 0 - put k a unknown; 1 1 - put k b unknown; 2 10 19 delete k ok 3 changed; 2 20 29 delete k ok 5 changed",
                // Swaps by value and by revision, and one that lost against another.
                "1 0 9 cas k mod 0 a ok 2 changed; 1 10 19 cas k value a b ok 3 changed; 1 20 29 cas k mod 3 c ok 4 changed;"
                        + "2 20 29 cas k mod 3 d ok 4 found c 4",
                "1 0 9 cas k value a b ok 1 absent; 2 10 19 put k a ok 2 changed",
                "1 0 - put k a unknown; 2 10 19 cas k mod 2 b ok 3 changed",
                // The same value twice, one of the puts without an answer: revisions tell them apart.
                "1 0 - put k a unknown; 1 1 9 put k a ok 2 changed; 2 10 19 get k ok 2 found a 2;"
                        + "2 20 29 get k ok 3 found a 3",
                // Without revisions.
                "1 0 99 put k a ok 0 changed; 2 0 99 put k b ok 0 changed; 3 10 19 get k ok 0 found b 0;"
                        + "3 20 29 get k ok 0 found a 0",
                // A put that failed, and was not seen.
                "1 0 9 put k a failed; 2 10 19 get k ok 1 absent",
            })
    void acceptsWhatOneStoreCanAnswer(String history) {
        assertThat(check(Histories.parse(history))).isEqualTo(new Verdict.Correct());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A stale read.
                "1 0 9 put k a ok 2 changed; 1 10 19 put k b ok 3 changed; 2 20 29 get k ok 2 found a 2",
                "1 0 9 put k a ok 0 changed; 1 10 19 put k b ok 0 changed; 2 20 29 get k ok 0 found a 0",
                // Back in time between two reads, while the write runs.
                "1 0 99 put k a ok 2 changed; 2 10 19 get k ok 2 found a 2; 3 20 29 get k ok 1 absent",
                // A lost write.
                "1 0 9 put k a ok 2 changed; 2 20 29 get k ok 2 absent",
                // A write that failed was seen; one that nobody made.
                "1 0 9 put k a failed; 2 10 19 get k ok 2 found a 2",
                "2 10 19 get k ok 2 found a 2",
                // One put made twice, seen by its value, and by its revision.
                "1 0 9 put k a ok 0 changed; 1 10 19 put k b ok 0 changed; 2 20 29 get k ok 0 found b 0;"
                        + "2 30 39 get k ok 0 found a 0",
                "1 0 9 put k a ok 2 changed; 2 20 29 get k ok 3 found a 3",
                "1 0 - put k a unknown; 2 10 19 get k ok 2 found a 2; 2 20 29 put k b ok 3 changed; 2 30 39 get k ok 4 found a 4",
                // Revisions against the order of time, or of what was seen.
                "1 0 9 put k a ok 3 changed; 1 10 19 put k b ok 2 changed",
                "1 0 99 put k a ok 2 changed; 2 0 99 put k b ok 3 changed; 3 10 19 get k ok 3 found b 3;"
                        + "3 20 29 get k ok 3 found a 2",
                // Seen before it was asked for.
                "1 0 9 get k ok 2 found a 2; 2 10 - put k a unknown",
                // Undone, after it was seen.
                "1 0 - put k a unknown; 2 10 19 get k ok 2 found a 2; 2 20 29 get k ok 2 absent",
                // Two swaps from the same version.
                "1 0 9 put k a ok 2 changed; 1 10 29 cas k mod 2 b ok 3 changed; 2 10 29 cas k mod 2 c ok 4 changed",
                "1 0 9 put k a ok 0 changed; 1 10 29 cas k value a b ok 0 changed; 2 10 29 cas k value a c ok 0 changed",
                "1 10 29 cas k mod 0 b ok 3 changed; 2 10 29 cas k mod 0 c ok 4 changed",
                // A swap that did not, though it found what it asked for.
                "1 0 9 put k a ok 2 changed; 1 10 19 cas k value a b ok 2 found a 2",
                // Two deletions of one key.
                "1 0 9 put k a ok 2 changed; 1 10 29 delete k ok 3 changed; 2 10 29 delete k ok 4 changed",
                "1 0 - put k a unknown; 1 10 29 delete k ok 3 changed; 2 10 29 delete k ok 4 changed",
                "1 0 9 put k a ok 2 changed; 1 10 19 delete k ok 2 absent",
            })
    void refusesWhatNoStoreCanAnswer(String history) {
        assertThat(check(Histories.parse(history))).isInstanceOf(Verdict.Violated.class);
    }

    @Test
    void takesEachKeyForItself() {
        assertThat(check(Histories.parse("1 0 9 put k a ok 2 changed; 1 10 19 get l ok 2 absent")))
                .isEqualTo(new Verdict.Correct());
    }

    @Test
    void reportsTheShortestPrefixAndWhatWasAroundIt() {
        Verdict verdict = check(Histories.parse("1 1000000 2000000 put k old ok 2 changed;"
                + "2 3000000 4000000 put k new ok 3 changed; 4 4500000 6000000 put k other ok 4 changed;"
                + "3 5000000 5500000 get k ok 2 found old 2; 1 7000000 8000000 put k last ok 5 changed"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Violated.class,
                        violated -> assertThat(violated.report()).isEqualTo("""
                        key k is not linearizable
                        no order allows this call:
                            client 3       4.000000 to     4.500000 ms  get k -> ok 2 found old 2
                        shortest wrong prefix: until this return, 3 of the 5 calls of the key have returned
                        calls concurrent to it:
                            client 4       3.500000 to     5.000000 ms  put k other -> ok 4 changed
                        calls that wrote what it saw:
                            client 1       0.000000 to     1.000000 ms  put k old -> ok 2 changed
                        calls that returned last before it began:
                            client 1       0.000000 to     1.000000 ms  put k old -> ok 2 changed
                            client 2       2.000000 to     3.000000 ms  put k new -> ok 3 changed
                        possible until then: the key is new at revision 3, by an order that ends with:
                            client 1       0.000000 to     1.000000 ms  put k old -> ok 2 changed
                            client 2       2.000000 to     3.000000 ms  put k new -> ok 3 changed
                        """));
    }

    @Test
    void givesUpWhenItsTimeIsOver() {
        AtomicLong clock = new AtomicLong();
        var checker = new LinearizabilityChecker(() -> clock.addAndGet(1_000_000), Duration.ofMillis(1));

        Verdict verdict = checker.check(Histories.parse("1 0 9 put k a ok 2 changed; 1 10 19 put k b ok 3 changed"));

        assertThat(verdict).isEqualTo(new Verdict.Undecided("key k: not done within PT0.001S"));
    }

    @Test
    void givesUpRatherThanFillMemory() {
        // Without revisions, any of these puts may have come before the read, in any order.
        String[] calls = new String[41];
        for (int client = 0; client < 40; client++) {
            calls[client] = client + " 0 99 put k v" + client + " ok 0 changed";
        }
        calls[40] = "40 10 20 get k ok 0 found missing 0";

        assertThat(check(Histories.of(calls)))
                .isEqualTo(new Verdict.Undecided("key k: more than 100000 orders possible"));
    }
}
