package io.etcetera.server.cluster.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.DiscoveryConfig;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.MemberIds;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts and keys are those of etcd 3.7.1; {@code DiscoveryIT} has members of both servers find each other. */
class TokenDiscoveryTest {
    private static final String SIZE = "/_etcd/registry/token/_config/size";
    private static final String MEMBERS = "/_etcd/registry/token/members/";
    private static final String A = "http://127.0.0.1:41480";
    private static final String B = "http://127.0.0.1:41580";
    private static final String C = "http://127.0.0.1:41680";

    private final FakeDiscoveryService service = new FakeDiscoveryService();
    private final List<Duration> pauses = new ArrayList<>();

    private InitialCluster join(String token) throws Exception {
        DiscoveryConfig config = DiscoveryConfig.NONE.withService(token, List.of("127.0.0.1:2379"));
        return new TokenDiscovery(config, asked -> service, pauses::add).join(0xabc, InitialCluster.parse("a=" + A));
    }

    @Test
    void waitsUntilEnoughHaveRegistered() throws Exception {
        service.set(SIZE, "3");
        service.set(MEMBERS + "1", "b=" + B);
        service.whenWaitedFor(() -> service.set(MEMBERS + "3", "no member"));
        service.whenWaitedFor(() -> service.set(MEMBERS + "2", " c=" + C + " "));

        assertThat(join("token")).hasToString("a=" + A + ",b=" + B + ",c=" + C);
        assertThat(service.keys()).contains(MEMBERS + "abc");
        assertThat(service.closed).isTrue();
        assertThat(pauses).isEmpty();
    }

    @Test
    void theFirstOnesAreTheCluster() throws Exception {
        service.set(SIZE, "2");
        service.set(MEMBERS + "f", "b=" + B);
        service.afterPut = () -> {
            service.set(MEMBERS + "2", "c=" + C);
            service.set(MEMBERS + "1", "d=" + C);
        };
        assertThat(join("token").urlsByName()).containsOnlyKeys("a", "b");
    }

    @Test
    void aMemberThatHasRegisteredBeforeIsStillIn() throws Exception {
        service.set(SIZE, "1");
        service.set(MEMBERS + "abc", "a=" + A);

        assertThat(join("token").urlsByName()).containsOnlyKeys("a");
    }

    @Test
    void repeatsWhatFailsMoreAndMoreSlowly() throws Exception {
        service.set(SIZE, "1");
        service.outages = 10;

        assertThat(join("token").urlsByName()).containsOnlyKeys("a");
        assertThat(pauses)
                .extracting(Duration::toSeconds)
                .containsExactly(2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 256L, 256L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/token/", "x/../token", "./token"})
    void tokensAreElementsOfAPath(String token) throws Exception {
        service.set(SIZE, "1");

        assertThat(join(token).urlsByName()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "three", "3 ", ""})
    void theSizeHasToBeANumber(String size) {
        service.set(SIZE, size);

        assertThatThrownBy(() -> join("token"))
                .isInstanceOf(DiscoveryException.class)
                .hasMessage("failed to join discovery cluster (discovery: size key is bad)");
    }

    @Test
    void theSizeHasToBeThere() {
        assertThatThrownBy(() -> join("token"))
                .hasMessage("failed to join discovery cluster (discovery: size key not found)");
        assertThat(service.closed).isTrue();
    }

    @Test
    void thereIsNoRoomForMore() {
        service.set(SIZE, "2");
        service.set(MEMBERS + "1", "b=" + B);
        service.set(MEMBERS + "2", "c=" + C);

        assertThatThrownBy(() -> join("token"))
                .hasMessage("failed to join discovery cluster (discovery: cluster is full)");
        assertThat(service.keys()).doesNotContain(MEMBERS + "abc");
    }

    @Test
    void whatOthersRegisterHasToBeUrls() {
        service.set(SIZE, "2");
        service.set(MEMBERS + "1", "b=nowhere");

        assertThatThrownBy(() -> join("token"))
                .hasMessage("failed to join discovery cluster (discovery: invalid peer URL)");
    }

    @Test
    void theTokenOfTheServiceIsThatOfTheCluster() throws Exception {
        service.set(SIZE, "2");
        service.set(MEMBERS + "1", "b=" + B);
        Bootstrap bootstrap = bootstrap();

        EtcdConfig listed = EtcdConfig.builder()
                .name("a")
                .initialAdvertisePeerUrls(List.of(URI.create(A)))
                .initialCluster("a=" + A + ",b=" + B)
                .initialClusterToken("token")
                .build();
        Bootstrap expected = new Bootstrapper(listed, RemoteCluster.NONE, DiscoveryService.NONE).bootstrap();
        assertThat(bootstrap).isEqualTo(expected);
        assertThat(bootstrap.members()).extracting(Member::getName).containsExactlyInAnyOrder("a", "b");
        assertThat(service.keys())
                .contains(MEMBERS + MemberIds.toText(bootstrap.identity().memberId()));
    }

    @Test
    void namesAreNotShared() {
        service.set(SIZE, "2");
        service.set(MEMBERS + "1", "a=" + B);

        assertThatThrownBy(this::bootstrap)
                .isInstanceOf(ClusterConfigException.class)
                .hasMessageContaining("has several members called \"a\"");
    }

    /** Of a member called a, which knows of the service and nothing else. */
    private Bootstrap bootstrap() throws ClusterConfigException, InterruptedException {
        EtcdConfig config = EtcdConfig.builder()
                .name("a")
                .initialAdvertisePeerUrls(List.of(URI.create(A)))
                .initialCluster("")
                .discovery(DiscoveryConfig.NONE.withService("token", List.of("127.0.0.1:2379")))
                .build();
        return new Bootstrapper(config, RemoteCluster.NONE, asked -> service).bootstrap();
    }
}
