package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.ResultCallback;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PasswordsTest {
    private static final String LONGEST = "012345678901234567890123456789012345678901234567890123456789012345678901";

    private final Passwords passwords = new Passwords(4, 1);

    @AfterEach
    void close() {
        passwords.close();
    }

    private static <T> Object await(Consumer<ResultCallback<T>> action) throws Exception {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        action.accept(Callbacks.of(answer::complete, error -> answer.complete(error.error())));
        return answer.get(60, TimeUnit.SECONDS);
    }

    private String hash(String password) throws Exception {
        Object hash = await((ResultCallback<String> callback) -> passwords.hash(password, () -> false, callback));
        return new String(Base64.getDecoder().decode((String) hash), StandardCharsets.US_ASCII);
    }

    private Object verify(String hash, String password) throws Exception {
        return await((ResultCallback<Boolean> callback) ->
                passwords.verify(ByteString.copyFromUtf8(hash), password, () -> false, callback));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "pässwörter", LONGEST})
    void knowsItsOwnHashes(String password) throws Exception {
        String hash = hash(password);
        assertThat(hash).hasSize(60).startsWith("$2a$04$");
        assertThat(verify(hash, password)).isEqualTo(true);
        assertThat(verify(hash, "x" + password)).isEqualTo(false);
    }

    /** Made with golang.org/x/crypto/bcrypt, as etcd's are. */
    @ParameterizedTest
    @CsvSource({
        "'', $2a$04$5Am7oUuwanvhCCSLG43FJOGmvjJiE0JKwLOgP5imv9qwo4TR6BMRe",
        "secret, $2a$04$sf.vfRmcO5lI3u5HYvn3a.zPeOzmBcMVV6nfcj2hICMFfXbD3KmZG",
        "pässwörter, $2a$04$ICMz14V7TV97XiI9wUlz7OoWBrpPiJ2NL4KIZkrGazFv3qWpi2k5e",
        LONGEST + ", $2a$04$mU.ikTX12gBOiaf2oiAbY.bXwwgmeHm8P5dfHVBV4IA1AuI7fFH5O",
    })
    void knowsTheHashesOfGo(String password, String hash) throws Exception {
        assertThat(verify(hash, password)).isEqualTo(true);
        assertThat(verify(hash, password + "x")).isEqualTo(password.equals(LONGEST));
    }

    @Test
    void noTwoHashesAreAlike() throws Exception {
        assertThat(hash("secret")).isNotEqualTo(hash("secret"));
    }

    @Test
    void refusesWhatBcryptWouldCut() throws Exception {
        assertThat(await((ResultCallback<String> callback) -> passwords.hash(LONGEST + "x", () -> false, callback)))
                .isEqualTo(EtcdError.PASSWORD_TOO_LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "$2a$04$", "$2a$04$!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"})
    void nothingFitsWhatIsNoHash(String hash) throws Exception {
        assertThat(verify(hash, "secret")).isEqualTo(false);
        assertThat(verify(hash, "")).isEqualTo(false);
    }

    @Test
    void whoHasLeftIsNotServed() throws Exception {
        assertThat(await((ResultCallback<String> callback) -> passwords.hash("secret", () -> true, callback)))
                .isEqualTo(EtcdError.CANCELED);
    }

    /** While one is looked at that takes for ever, a thousand may wait; the next is refused at once. */
    @Test
    void aFloodIsBounded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch served = new CountDownLatch(1_001);
        ResultCallback<String> counting = Callbacks.of(hash -> served.countDown(), error -> served.countDown());
        passwords.hash(
                "first",
                () -> {
                    begun.countDown();
                    awaitUninterruptibly(release);
                    return true;
                },
                counting);
        begun.await();
        for (int i = 0; i < 1_000; i++) {
            passwords.hash("waiting", () -> true, counting);
        }

        assertThat(await((ResultCallback<String> callback) -> passwords.hash("refused", () -> false, callback)))
                .isEqualTo(EtcdError.TOO_MANY_REQUESTS);

        release.countDown();
        assertThat(served.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nobodyIsServedAfterTheEnd() throws Exception {
        passwords.close();
        assertThat(await((ResultCallback<String> callback) -> passwords.hash("secret", () -> false, callback)))
                .isEqualTo(EtcdError.STOPPED);
    }
}
