package io.etcetera.testing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Decoders with faults that are to be found. */
class FuzzTest {
    private static final byte[] SAMPLE = {4, 'a', 'b', 'c', 'd'};
    private static final long SEED = 7;
    private static final int INPUTS = 2_000;

    private static Fuzz fuzz() {
        return Fuzz.of("planted").samples(SAMPLE).refusing(IOException.class);
    }

    private static void run(Fuzz fuzz, Target target) {
        fuzz.run(target, SEED, INPUTS, Duration.ofMinutes(5));
    }

    private static void checkLength(byte[] input) throws IOException {
        if (input.length == 0 || input.length != input[0] + 1) {
            throw new IOException("a length that is not that of the text");
        }
    }

    @Test
    void aDecoderWithoutFaultsPasses() {
        assertThatCode(() -> run(fuzz(), FuzzTest::checkLength)).doesNotThrowAnyException();
    }

    @Test
    void anExceptionThatWasNotDeclaredIsAFindingWithSeedAndInput() {
        assertThatThrownBy(() -> run(fuzz(), input -> {
                    if (input.length > 0 && input[0] < 0) {
                        throw new NegativeArraySizeException("planted");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dfuzz.seed=" + SEED)
                .hasMessageContaining(" bytes: ")
                .hasCauseInstanceOf(NegativeArraySizeException.class);
    }

    @Test
    void memoryOnTheWordOfANumberIsAFinding() {
        assertThatThrownBy(() -> run(fuzz(), input -> {
                    int length = input.length == 0 ? 0 : input[0] & 0x7f;
                    assertThat(new byte[length << 18]).isNotNull();
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("allocates");
    }

    @Test
    void aDecoderThatDoesNotEndIsAFinding() {
        assertThatThrownBy(() -> run(fuzz().within(Duration.ofMillis(300)), input -> {
                    while (input.length != SAMPLE.length) {
                        Thread.onSpinWait();
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("does not end")
                .hasStackTraceContaining("FuzzTest");
    }

    @Test
    void aSampleHasToBeAccepted() {
        assertThatThrownBy(() -> run(fuzz(), input -> {
                    throw new IOException("whatever it is");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a sample is refused");
    }

    @Test
    void oneSeedMakesTheSameInputs() {
        List<Integer> once = new ArrayList<>();
        List<Integer> again = new ArrayList<>();
        run(fuzz(), input -> once.add(Arrays.hashCode(input)));
        run(fuzz(), input -> again.add(Arrays.hashCode(input)));

        assertThat(once).hasSizeGreaterThan(INPUTS).isEqualTo(again);
        assertThat(once.stream().distinct().count()).isGreaterThan(INPUTS / 2);
    }
}
