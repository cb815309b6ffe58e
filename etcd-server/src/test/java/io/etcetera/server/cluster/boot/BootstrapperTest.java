package io.etcetera.server.cluster.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.boot.RemoteCluster.View;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are those of etcd 3.7.1; {@code ClusterStartIT} holds ours beside it. */
class BootstrapperTest {
    private static final String A = "http://127.0.0.1:41480";
    private static final String B = "http://127.0.0.1:41580";
    private static final long A_ID = 0xf48c89b5cef086c5L;
    private static final long B_ID = 0xfafff52f3bbadb53L;

    private final FakeRemoteCluster remote = new FakeRemoteCluster();

    private static EtcdConfig.Builder config(String initialCluster) {
        return EtcdConfig.builder()
                .name("b")
                .initialAdvertisePeerUrls(List.of(URI.create(B)))
                .initialCluster(initialCluster);
    }

    private Bootstrap found(String initialCluster) throws Exception {
        return new Bootstrapper(config(initialCluster).build(), remote, DiscoveryService.NONE).bootstrap();
    }

    private Bootstrap join(String initialCluster) throws Exception {
        return new Bootstrapper(
                        config(initialCluster).initialClusterExisting(true).build(), remote, DiscoveryService.NONE)
                .bootstrap();
    }

    private static Member member(long id, String name, String clientUrl, String... peerUrls) {
        Member.Builder member = Member.newBuilder().setID(id).setName(name).addAllPeerURLs(Arrays.asList(peerUrls));
        return clientUrl.isEmpty()
                ? member.build()
                : member.addClientURLs(clientUrl).build();
    }

    @Test
    void aNewClusterHasTheMembersOfTheConfiguration() throws Exception {
        Bootstrap bootstrap = found("a=" + A + ",b=" + B);

        assertThat(bootstrap.identity().joined()).isFalse();
        assertThat(bootstrap.members()).extracting(Member::getName).containsExactlyInAnyOrder("a", "b");
        assertThat(bootstrap.members())
                .filteredOn(member -> member.getName().equals("b"))
                .extracting(Member::getID)
                .containsExactly(bootstrap.identity().memberId());
        assertThat(remote.asked).containsExactly(A);
    }

    @Test
    void everyMemberOfANewClusterFindsTheSame() throws Exception {
        Bootstrap ours = found("a=" + A + ",b=" + B);
        EtcdConfig theirs = config("b=" + B + ",a=" + A)
                .name("a")
                .initialAdvertisePeerUrls(List.of(URI.create(A)))
                .build();
        Bootstrap other = new Bootstrapper(theirs, remote, DiscoveryService.NONE).bootstrap();

        assertThat(other.members()).isEqualTo(ours.members());
        assertThat(other.identity().clusterId()).isEqualTo(ours.identity().clusterId());
        assertThat(other.identity().memberId()).isNotEqualTo(ours.identity().memberId());
    }

    @Test
    void anotherTokenMakesAnotherCluster() throws Exception {
        Bootstrap ours = found("a=" + A + ",b=" + B);
        Bootstrap other = new Bootstrapper(
                        config("a=" + A + ",b=" + B)
                                .initialClusterToken("other")
                                .build(),
                        remote,
                        DiscoveryService.NONE)
                .bootstrap();

        assertThat(other.identity().clusterId()).isNotEqualTo(ours.identity().clusterId());
        assertThat(other.identity().memberId()).isNotEqualTo(ours.identity().memberId());
    }

    @Test
    void aMemberThatLostItsDataDoesNotStartAgain() throws Exception {
        long id = found("a=" + A + ",b=" + B).identity().memberId();
        remote.views.put(A, new View(1, List.of(member(id, "b", "http://127.0.0.1:1", B))));

        assertThatThrownBy(() -> found("a=" + A + ",b=" + B))
                .isInstanceOf(ClusterConfigException.class)
                .hasMessage("member " + MemberIds.toText(id) + " has already been bootstrapped");
    }

    @Test
    void aMemberThatNeverPublishedMayStart() throws Exception {
        long id = found("a=" + A + ",b=" + B).identity().memberId();
        remote.views.put(A, new View(1, List.of(member(id, "b", "", B))));

        assertThat(found("a=" + A + ",b=" + B).identity().memberId()).isEqualTo(id);
    }

    private void runningCluster() {
        Member a = member(A_ID, "a", "http://127.0.0.1:41479", A);
        remote.views.put(A, new View(0x98a3d40d3153dc56L, List.of(member(B_ID, "", "", B), a)));
        remote.versions.put(A, "3.7.0");
    }

    @Test
    void whoJoinsIsWhatTheClusterSays() throws Exception {
        runningCluster();
        Bootstrap bootstrap = join("a=" + A + ",b=" + B);

        assertThat(bootstrap.identity()).isEqualTo(new Identity(B_ID, 0x98a3d40d3153dc56L, true));
        assertThat(bootstrap.members())
                .extracting(Member::getID, Member::getName)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(A_ID, "a"), org.assertj.core.groups.Tuple.tuple(B_ID, "b"));
    }

    @Test
    void asksOneAfterAnother() throws Exception {
        runningCluster();
        remote.views.put(
                A,
                new View(1, List.of(member(1, "a", "http://c:1", "http://127.0.0.1:1", A), member(B_ID, "", "", B))));
        join("b=" + B + ",a=" + A + ",a=http://127.0.0.1:1");

        assertThat(remote.asked).containsExactly("http://127.0.0.1:1", A);
    }

    @Test
    void nobodyAnswers() {
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B))
                .hasMessage("cannot fetch cluster info from peer urls: could not retrieve cluster information from the"
                        + " given URLs");
        assertThatThrownBy(() -> join("b=" + B))
                .hasMessage("cannot fetch cluster info from peer urls: could not retrieve cluster information from the"
                        + " given URLs");
        assertThat(remote.asked).containsExactly(A);
    }

    @Test
    void anAnswerWithoutMembersEndsIt() {
        remote.views.put(A, new View(1, List.of()));
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B))
                .hasMessage("cannot fetch cluster info from peer urls: failed to get raft cluster member(s) from the"
                        + " given URLs");
    }

    @Test
    void theClusterHasAnotherNumberOfMembers() {
        remote.views.put(A, new View(0x98a3d40d3153dc56L, List.of(member(A_ID, "a", "http://127.0.0.1:41479", A))));
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B))
                .hasMessage("error validating peerURLs {ClusterID:98a3d40d3153dc56 Members:[&{ID:f48c89b5cef086c5"
                        + " RaftAttributes:{PeerURLs:[http://127.0.0.1:41480] IsLearner:false}"
                        + " Attributes:{Name:a ClientURLs:[http://127.0.0.1:41479]}}] RemovedMemberIDs:[]}:"
                        + " member count is unequal");
    }

    @Test
    void theClusterHasOtherUrls() {
        Member a = member(A_ID, "a", "http://127.0.0.1:41479", A);
        Member b = member(B_ID, "", "", "http://127.0.0.1:41599");
        remote.views.put(A, new View(0x98a3d40d3153dc56L, List.of(a, b)));
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B))
                .hasMessage("error validating peerURLs {ClusterID:98a3d40d3153dc56 Members:[&{ID:f48c89b5cef086c5"
                        + " RaftAttributes:{PeerURLs:[http://127.0.0.1:41480] IsLearner:false}"
                        + " Attributes:{Name:a ClientURLs:[http://127.0.0.1:41479]}} &{ID:fafff52f3bbadb53"
                        + " RaftAttributes:{PeerURLs:[http://127.0.0.1:41599] IsLearner:false}"
                        + " Attributes:{Name: ClientURLs:[]}}] RemovedMemberIDs:[]}:"
                        + " PeerURLs: no match found for existing member (fafff52f3bbadb53, [http://127.0.0.1:41599]),"
                        + " last resolver error (resolved urls: \"http://127.0.0.1:41599\" !="
                        + " \"http://127.0.0.1:41480\")");
    }

    @ParameterizedTest
    @CsvSource({"4.0.0", "3.8.0", "2.3.0", "not_decided", "''"})
    void theClusterSpeaksAVersionThatWeDoNot(String version) {
        runningCluster();
        remote.versions.put(A, version);
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B)).hasMessage("incompatible with current running cluster");
    }

    @Test
    void nobodySaysWhichVersionTheClusterSpeaks() {
        runningCluster();
        remote.versions.clear();
        assertThatThrownBy(() -> join("a=" + A + ",b=" + B)).hasMessage("incompatible with current running cluster");
    }
}
