package io.etcetera.server.cluster.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.MemberIds;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InitialClusterTest {

    @Test
    void idsAreThoseOfEtcd() throws ClusterConfigException {
        List<Member> members = InitialCluster.parse(
                        "m1=http://127.0.0.1:41380,m2=http://127.0.0.1:41381,m3=http://127.0.0.1:41382")
                .members("tok");
        assertThat(members)
                .extracting(member -> member.getName() + " " + MemberIds.toText(member.getID()))
                .containsExactly("m1 8027cae8a0e355ea", "m2 cfa6ba5483271eb1", "m3 298da9a3f41493cd");
        List<Long> ids = members.stream().map(Member::getID).toList();
        assertThat(MemberIds.toText(MemberIds.cluster(ids))).isEqualTo("f5ec91f56ad33c04");
    }

    @Test
    void orderOfPeerUrlsDoesNotMatter() {
        assertThat(MemberIds.member(List.of("http://b:1", "http://a:1"), "t"))
                .isEqualTo(MemberIds.member(List.of("http://a:1", "http://b:1"), "t"));
    }

    static Stream<Arguments> refused() {
        String peer = "http://localhost:2380";
        return Stream.of(
                Arguments.of("x=" + peer, peer, "couldn't find local name \"y\" in the initial cluster configuration"),
                Arguments.of(
                        "y=http://localhost:1",
                        peer,
                        "--initial-cluster has y=http://localhost:1 but missing from"
                                + " --initial-advertise-peer-urls=http://localhost:2380"
                                + " (resolved urls: \"http://localhost:2380\" != \"http://localhost:1\")"),
                Arguments.of(
                        "y=http://localhost:2380,y=http://localhost:2381",
                        peer,
                        "--initial-cluster has y=http://localhost:2381 but missing from"
                                + " --initial-advertise-peer-urls=http://localhost:2380 (len([\"http://localhost:2380\"])"
                                + " != len([\"http://localhost:2380\" \"http://localhost:2381\"]))"),
                Arguments.of(
                        "y=" + peer,
                        "http://localhost:2380,http://localhost:2381",
                        "--initial-advertise-peer-urls has http://localhost:2381 but missing from"
                                + " --initial-cluster=y=http://localhost:2380,y=http://localhost:2381"),
                Arguments.of(
                        "y=http://localhost:2380,y=http://localhost:2380",
                        peer,
                        "failed to resolve http://localhost:2380 to match --initial-cluster=y=http://localhost:2380"
                                + " (len([\"http://localhost:2380\"])"
                                + " != len([\"http://localhost:2380\" \"http://localhost:2380\"]))"),
                Arguments.of("", peer, "couldn't find local name \"y\" in the initial cluster configuration"),
                Arguments.of(
                        "y=http://127.0.0.1:2380",
                        peer,
                        "--initial-cluster has y=http://127.0.0.1:2380 but missing from"
                                + " --initial-advertise-peer-urls=http://localhost:2380"
                                + " (resolved urls: \"http://localhost:2380\" != \"http://127.0.0.1:2380\")"),
                Arguments.of(
                        "y=http://a:x",
                        peer,
                        "error setting up initial cluster: parse \"http://a:x\": invalid port \":x\" after host"),
                Arguments.of(
                        "y",
                        peer,
                        "error setting up initial cluster: URL scheme must be http, https, unix, or unixs: "),
                Arguments.of(
                        "y=foo:1",
                        peer,
                        "error setting up initial cluster: URL scheme must be http, https, unix, or unixs: foo:1"),
                Arguments.of(
                        "y=http://a:1/b",
                        peer,
                        "error setting up initial cluster: URL must not contain a path: http://a:1/b"),
                Arguments.of(
                        "y=http://a",
                        peer,
                        "error setting up initial cluster: URL address does not have the form \"host:port\": http://a"),
                Arguments.of(
                        "y=http://localhost:2380,z=http://localhost:2380",
                        peer,
                        "initial cluster y=http://localhost:2380,z=http://localhost:2380 has duplicate url"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatEtcdRefusesInItsWords(String initialCluster, String advertised, String message) {
        EtcdConfig config = EtcdConfig.builder()
                .name("y")
                .initialCluster(initialCluster)
                .initialAdvertisePeerUrls(
                        Arrays.stream(advertised.split(",")).map(URI::create).toList())
                .build();
        assertThatThrownBy(() -> InitialCluster.check(config))
                .isInstanceOf(ClusterConfigException.class)
                .hasMessage(message);
    }

    @Test
    void oneMemberMayHaveSeveralUrls() throws ClusterConfigException {
        EtcdConfig config = EtcdConfig.builder()
                .initialCluster("default=http://b:1,other=http://c:1,default=http://a:1,")
                .initialAdvertisePeerUrls(List.of(URI.create("http://b:1"), URI.create("http://a:1")))
                .build();
        InitialCluster.check(config);
        InitialCluster initial = InitialCluster.parse(config.initialCluster());
        assertThat(initial.members("t").get(0).getPeerURLsList()).containsExactly("http://a:1", "http://b:1");
        assertThat(initial.urlsOfOthers("default")).containsExactly("http://c:1");
        assertThat(initial.urlsOfOthers("other")).containsExactly("http://a:1", "http://b:1");
    }

    @Test
    void whoJoinsHasToldTheClusterItsUrls() throws ClusterConfigException {
        InitialCluster.check(EtcdConfig.builder()
                .initialCluster("default=http://b:1,other=http://c:1")
                .initialClusterExisting(true)
                .build());
    }
}
