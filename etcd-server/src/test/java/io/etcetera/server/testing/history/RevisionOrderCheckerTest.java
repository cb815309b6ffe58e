package io.etcetera.server.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionOrderCheckerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 0 9 put k a ok 2 changed; 2 0 19 put l b ok 3 changed; 1 20 29 get k ok 3 found a 2;"
                        + "1 30 39 delete k ok 4 changed; 2 40 49 get k ok 4 absent; 2 50 59 delete k ok 4 absent",
                "1 0 - put k a unknown; 2 10 19 get k ok 2 found a 2; 2 20 29 cas k value a b ok 3 changed",
                "1 0 - put k a unknown; 2 10 19 cas k mod 2 b ok 3 changed",
                "1 0 - put k a unknown; 2 10 19 delete k ok 3 changed",
                "1 0 9 put k a ok 2 changed; 1 10 - delete k unknown; 2 20 29 get k ok 3 absent",
                "1 0 9 cas k mod 0 a ok 2 changed; 1 10 19 cas k mod 0 b ok 2 found a 2",
                "1 0 99 put k a ok 3 changed; 2 0 99 put l b ok 2 changed",
            })
    void acceptsRevisionsOfOneStore(String history) {
        assertThat(RevisionOrderChecker.check(Histories.parse(history))).isEqualTo(new Verdict.Correct());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two writes have revision 2 | 1 0 9 put k a ok 2 changed; 2 0 9 put l b ok 2 changed",
                "older than what had returned | 1 0 9 put k a ok 3 changed; 1 10 19 put l b ok 2 changed",
                "older than what had returned | 1 0 9 put k a ok 3 changed; 1 10 19 get l ok 2 absent",
                "older than what had returned | 1 0 9 get k ok 2 absent; 1 10 19 put l b ok 2 changed",
                "nobody wrote | 1 0 9 put k a failed; 1 10 19 get k ok 2 found a 2",
                "nobody wrote | 1 0 9 get k ok 2 found a 2; 1 10 - put k a unknown",
                "nobody wrote | 1 0 - put k a unknown; 1 10 19 get k ok 2 found a 2; 1 20 29 get k ok 4 found a 4",
                "contradicts | 1 0 9 put k a ok 2 changed; 1 10 19 get k ok 2 found b 2",
                "contradicts | 1 0 9 put k a ok 2 changed; 1 10 19 get l ok 2 found a 2",
                "was another | 1 0 9 put k a ok 2 changed; 1 0 9 put k b ok 3 changed; 1 10 19 get k ok 3 found a 2",
                "was another | 1 0 9 put k a ok 2 changed; 1 10 19 get k ok 2 absent",
                "was another | 1 0 9 put k a ok 2 changed; 1 10 19 delete k ok 2 absent",
                "was another | 1 0 9 put k a ok 2 changed; 2 0 9 get k ok 1 found a 2",
                "was another | 1 0 9 delete k ok 2 changed",
                "was another | 1 0 9 cas k mod 0 a ok 2 changed; 2 0 9 cas k mod 0 b ok 3 changed",
                "was another | 1 0 9 put k a ok 2 changed; 1 10 29 cas k mod 2 b ok 3 changed;"
                        + "2 10 29 cas k mod 2 c ok 4 changed",
                "was another | 1 0 9 put k a ok 2 changed; 1 10 29 cas k value b c ok 3 changed",
                "was another | 1 0 9 put k a ok 2 changed; 1 10 29 cas k value a c ok 2 found a 2",
            })
    void refusesOthers(String message, String history) {
        assertThat(RevisionOrderChecker.check(Histories.parse(history)))
                .isInstanceOfSatisfying(
                        Verdict.Violated.class,
                        violated -> assertThat(violated.report()).contains(message));
    }
}
