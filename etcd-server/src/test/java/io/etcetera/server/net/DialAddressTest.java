package io.etcetera.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DialAddressTest {
    @Test
    void readsHostsAndPorts() {
        DialAddress address = DialAddress.of("https://[::1]:2380");

        assertThat(address.isSecure()).isTrue();
        assertThat(address.host()).isEqualTo("::1");
        assertThat(address.url().getPort()).isEqualTo(2380);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsUnixSockets() throws IOException {
        DialAddress relative = DialAddress.of("unix://localhost:20001");
        DialAddress absolute = DialAddress.of("unixs:///run/etcd.sock");

        assertThat(relative.lookUp()).isEqualTo(new DomainSocketAddress("localhost:20001"));
        assertThat(relative.isSecure()).isFalse();
        assertThat(absolute.lookUp()).isEqualTo(new DomainSocketAddress("/run/etcd.sock"));
        assertThat(absolute.isSecure()).isTrue();
        assertThat(absolute.host()).isEqualTo("localhost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://localhost:1", "http://localhost", "localhost:2380", "localhost", "http://a b:1"})
    void refusesWhatLeadsNowhere(String url) {
        assertThatThrownBy(() -> DialAddress.of(url)).isInstanceOf(IllegalArgumentException.class);
    }
}
