package io.etcetera.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.Channel;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@WithEtcd(rootPassword = "secret")
class AuthTest {

    @Test
    void whoKnowsThePasswordIsServed(List<URI> endpoints, Channel channel) throws Exception {
        ByteSequence key = bytes("key");
        try (Client root = Client.builder()
                .endpoints(endpoints)
                .user(bytes("root"))
                .password(bytes("secret"))
                .build()) {
            assertThat(root.getKVClient().put(key, key).get().getHeader().getRevision())
                    .isEqualTo(2);
        }
        assertThatThrownBy(() -> Values.put(channel, "key", "value")).hasMessageContaining("user name is empty");
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
