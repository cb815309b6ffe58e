package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleTokensTest {
    private static final Duration TTL = Duration.ofMinutes(5);

    private final ManualTime time = new ManualTime();
    private long applied = 10;
    private long revision = 5;
    private final SimpleTokens tokens = new SimpleTokens(TTL, () -> applied, time);

    @BeforeEach
    void turnOn() {
        tokens.enable();
    }

    private Answer<Caller> resolve(String token) {
        Answer<Caller> answer = new Answer<>();
        tokens.resolve(token, () -> revision, answer);
        return answer;
    }

    @Test
    void standsForItsUserAtThePresentRevision() {
        String token = tokens.assign("alice", tokens.newPrefix(), 10);

        revision = 7;
        assertThat(resolve(token).result()).isEqualTo(new Caller("alice", 7));
        assertThat(token).matches("[A-Za-z]{16}\\.10");
    }

    @Test
    void noTwoPrefixesAreAlike() {
        assertThat(tokens.newPrefix()).isNotEqualTo(tokens.newPrefix());
    }

    @Test
    void livesFromItsLastUse() {
        String token = tokens.assign("alice", "x", 10);

        time.advance(TTL);
        assertThat(resolve(token).result().username()).isEqualTo("alice");
        time.advance(TTL);
        tokens.tick();
        assertThat(resolve(token).result().username()).isEqualTo("alice");
        time.advance(TTL.plusMillis(1));
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void isForgottenWhenItsTimeIsUp() {
        String token = tokens.assign("alice", "x", 10);
        time.advance(TTL.plusMillis(1));
        tokens.tick();
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void goesWithItsUserAlone() {
        String alice = tokens.assign("alice", "x", 9);
        String bob = tokens.assign("bob", "y", 10);

        tokens.dropAllOf("alice");

        assertThat(resolve(alice).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
        assertThat(resolve(bob).result().username()).isEqualTo("bob");
    }

    @Test
    void doesNotOutliveTheSwitch() {
        String token = tokens.assign("alice", "x", 10);
        tokens.disable();
        tokens.enable();
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void isNotMadeWhileSwitchedOff() {
        tokens.disable();
        String token = tokens.assign("alice", "x", 10);
        tokens.enable();
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "x", "x.", ".5", "x.y", "x.5.5", "x.-1", "x.99999999999999999999", "x.10"})
    void whatIsNoTokenIsRefusedAtOnce(String token) {
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void aTokenFromAnotherMemberIsWaitedFor() {
        Answer<Caller> early = resolve("x.12");
        assertThat(early.isGiven()).isFalse();

        applied = 11;
        tokens.tick();
        assertThat(early.isGiven()).isFalse();

        tokens.assign("alice", "x", 12);
        assertThat(early.result().username()).isEqualTo("alice");
        applied = 12;
        tokens.tick();
    }

    @Test
    void anInventedOneIsWaitedForUntilItsEntryHasCome() {
        Answer<Caller> answer = resolve("x.12");
        applied = 12;
        tokens.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void anInventedOneIsNotWaitedForForever() {
        Answer<Caller> answer = resolve("x." + Long.MAX_VALUE);
        time.advanceMillis(5_001);
        tokens.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void inventedOnesAreRefusedWhenTooManyWait() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(resolve("x." + (100 + i)).isGiven()).isFalse();
        }
        assertThat(resolve("x.5000").error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }
}
