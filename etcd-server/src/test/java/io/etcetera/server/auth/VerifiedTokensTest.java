package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {
    private static final long NOW = 1_700_000_000;
    private static final long REVISION = 5;

    private final VerifiedTokens tokens = new VerifiedTokens();

    private static JwtClaims claims(long expiry) {
        return new JwtClaims(new Caller("alice", REVISION), Optional.empty(), Optional.of(BigDecimal.valueOf(expiry)));
    }

    @Test
    void aTokenIsFoundUntilItEnds() {
        tokens.add(VerifiedTokens.key("a"), claims(NOW + 10));

        assertThat(tokens.find(VerifiedTokens.key("a"), NOW + 9, REVISION)).contains(claims(NOW + 10));
        assertThat(tokens.find(VerifiedTokens.key("b"), NOW, REVISION)).isEmpty();
        assertThat(tokens.find(VerifiedTokens.key("a"), NOW + 10, REVISION)).isEmpty();
        assertThat(tokens.size()).as("what has ended is dropped").isZero();
    }

    @Test
    void aChangeOfUsersOrRolesEndsAll() {
        tokens.add(VerifiedTokens.key("a"), claims(NOW + 10));

        assertThat(tokens.find(VerifiedTokens.key("a"), NOW, REVISION + 1)).isEmpty();
        assertThat(tokens.size()).isZero();
    }

    @Test
    void noMoreThanSoManyAreKept() {
        tokens.add(VerifiedTokens.key("used"), claims(NOW + 10));
        for (int i = 0; i < 10_000; i++) {
            tokens.add(VerifiedTokens.key("token-" + i), claims(NOW + 10));
            assertThat(tokens.find(VerifiedTokens.key("used"), NOW, REVISION)).isPresent();
        }

        assertThat(tokens.size()).isEqualTo(4_096);
        assertThat(tokens.find(VerifiedTokens.key("token-9999"), NOW, REVISION)).isPresent();
        assertThat(tokens.find(VerifiedTokens.key("token-1"), NOW, REVISION)).isEmpty();
    }
}
