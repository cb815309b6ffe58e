package io.etcetera.server.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.leasepb.LeaseInternalRequest;
import io.etcetera.proto.leasepb.LeaseInternalResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.cluster.boot.RemoteCluster;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.read.ReadBarrier;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.FakeVersions;
import io.etcetera.server.testing.RawHttp;
import io.etcetera.server.testing.RawHttp.Answer;
import io.etcetera.server.transport.peer.TestPeer;
import io.etcetera.server.transport.peer.TestPeers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain HTTP on a real peer port; statuses and bodies are those of a running etcd 3.7.1. */
@Timeout(120)
class PeerEndpointsTest {
    private static final Member FIRST = Member.newBuilder()
            .setID(1)
            .setName("m1")
            .addPeerURLs("http://127.0.0.1:1")
            .addClientURLs("http://127.0.0.1:2")
            .build();
    private static final Member LEARNER = Member.newBuilder()
            .setID(0xF000000000000002L)
            .addPeerURLs("http://127.0.0.1:3")
            .setIsLearner(true)
            .build();
    private static final String BOTH =
            "[{\"id\":1,\"peerURLs\":[\"http://127.0.0.1:1\"],\"name\":\"m1\",\"clientURLs\":[\"http://127.0.0.1:2\"]},"
                    + "{\"id\":17293822569102704642,\"peerURLs\":[\"http://127.0.0.1:3\"],\"isLearner\":true}]\n";

    private final FakeMembership membership = new FakeMembership(1, List.of(FIRST, LEARNER));
    private final FakeVersions versions = new FakeVersions();
    private Optional<EtcdError> promotionError = Optional.empty();
    private Optional<EtcdError> readError = Optional.empty();
    private TestPeers group;
    private TestPeer peer;
    private PeerEndpoints endpoints;
    private String url;

    @BeforeEach
    void start() throws Exception {
        group = new TestPeers(1);
        peer = group.start(1);
        endpoints = new PeerEndpoints(
                new PeerEndpointParts(membership, versions, new FakeReads(), peer.leases, this::promote, this::hash),
                TimeSource.system());
        peer.http = endpoints;
        url = group.url(1);
    }

    @AfterEach
    void stop() {
        endpoints.close();
        group.close();
    }

    private final class FakeReads implements ReadBarrier {
        @Override
        public <T> void await(T token, ResultCallback<T> callback) {
            if (readError.isPresent()) {
                callback.failed(new EtcdException(readError.get()));
            } else {
                callback.completed(token);
            }
        }
    }

    private void promote(long memberId, ResultCallback<List<Member>> callback) {
        if (promotionError.isPresent()) {
            callback.failed(new EtcdException(promotionError.get()));
        } else {
            callback.completed(membership.members());
        }
    }

    private KvHashResult hash(long revision) throws RevisionException {
        if (revision == 2) {
            throw new RevisionException(RevisionException.Kind.COMPACTED);
        } else if (revision > 9) {
            throw new RevisionException(RevisionException.Kind.FUTURE);
        }
        return new KvHashResult(new KvHash(-1, revision == 0 ? 9 : revision, -1), 9);
    }

    private Answer ask(String method, String path) throws IOException {
        return RawHttp.ask(url, method, path);
    }

    private Answer ask(String method, String path, byte[] body, String... headers) throws IOException {
        return RawHttp.ask(url, method, path, body, headers);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertError(Answer answer, int status, String text) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(text + "\n");
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void hasNothingToSayBeforeTheMemberHasStarted() throws Exception {
        assertError(ask("GET", "/members"), 503, "the member has not started yet");
    }

    @Test
    void saysWhatVersionItIs() throws Exception {
        peer.serve();
        Answer answer = ask("GET", "/version?x=1");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.text())
                .isEqualTo("{\"etcdserver\":\"3.7.1\",\"etcdcluster\":\"3.7.0\",\"storage\":\"3.7.0\"}");
        versions.cluster = Optional.empty();
        assertThat(ask("GET", "/version").text())
                .isEqualTo("{\"etcdserver\":\"3.7.1\",\"etcdcluster\":\"not_decided\",\"storage\":\"unknown\"}");
        Answer refused = ask("POST", "/version");
        assertError(refused, 405, "Method Not Allowed");
        assertThat(refused.header("Allow")).isEqualTo("GET");
        assertThat(ask("HEAD", "/version").status()).isEqualTo(405);
    }

    @Test
    void listsMembersAsThoseWhoJoinReadThem() throws Exception {
        peer.serve();
        Answer answer = ask("GET", "/members");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-Etcd-Cluster-ID")).isEqualTo("7");
        assertThat(answer.text()).isEqualTo(BOTH);
        assertError(ask("POST", "/members"), 405, "Method Not Allowed");
        assertError(ask("GET", "/members/"), 404, "404 page not found");
        RemoteCluster client = peer.network.httpClient();
        Duration timeout = Duration.ofSeconds(60);
        assertThat(client.members(url, timeout)).isEqualTo(new RemoteCluster.View(7, List.of(FIRST, LEARNER)));
        assertThat(client.clusterVersion(url, timeout)).isEqualTo("3.7.0");
    }

    @Test
    void promotesLearners() throws Exception {
        peer.serve();
        Answer answer = ask("POST", "/members/promote/17293822569102704642");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(BOTH);
        assertError(ask("POST", "/members/promote/abc"), 404, "member abc not found in cluster");
        Answer refused = ask("GET", "/members/promote/1");
        assertError(refused, 405, "Method Not Allowed");
        assertThat(refused.header("Allow")).isEqualTo("POST");
        promotionError = Optional.of(EtcdError.MEMBER_NOT_FOUND);
        assertError(ask("POST", "/members/promote/12"), 404, "membership: ID not found");
        promotionError = Optional.of(EtcdError.MEMBER_NOT_LEARNER);
        assertError(ask("POST", "/members/promote/1"), 412, "membership: can only promote a learner member");
        promotionError = Optional.of(EtcdError.LEARNER_NOT_READY);
        assertError(
                ask("POST", "/members/promote/1"),
                412,
                "etcdserver: can only promote a learner member which is in sync with leader");
        promotionError = Optional.of(EtcdError.TIMEOUT);
        Answer failed = ask("POST", "/members/promote/1");
        assertThat(failed.status()).isEqualTo(500);
        assertThat(failed.text()).isEqualTo("{\"message\":\"Internal Server Error\"}");
    }

    @Test
    void hashesTheStore() throws Exception {
        peer.serve();
        Answer answer = ask("GET", "/members/hashkv", bytes("{\"revision\":3}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .isEqualTo(
                        "{\"header\":{\"revision\":9},\"hash\":4294967295,\"compact_revision\":-1,\"hash_revision\":3}");
        assertThat(answer.header("X-Etcd-Cluster-ID")).isEqualTo("7");
        assertThat(ask("GET", "/members/hashkv", bytes("{}")).text()).contains("\"hash_revision\":9");
        assertThat(ask("GET", "/members/hashkv", bytes("null")).text()).contains("\"hash_revision\":9");
        assertThat(ask("GET", "/members/hashkv", bytes("{\"Revision\":-1,\"foo\":[1]}"))
                        .text())
                .contains("\"hash_revision\":-1");
        assertError(
                ask("GET", "/members/hashkv", bytes("{\"revision\":2}")),
                400,
                "mvcc: required revision has been compacted");
        assertError(
                ask("GET", "/members/hashkv", bytes("{\"revision\":99}")),
                400,
                "mvcc: required revision is a future revision");
        for (String nonsense : List.of("", "x", "[]", "{\"revision\":\"3\"}")) {
            assertError(ask("GET", "/members/hashkv", bytes(nonsense)), 400, "error unmarshalling request");
        }
        assertError(ask("GET", "/members/hashkv", bytes("{}"), "X-Etcd-Cluster-ID: 8"), 412, "cluster ID mismatch");
        assertThat(ask("GET", "/members/hashkv", bytes("{}"), "x-etcd-cluster-id: 7")
                        .status())
                .isEqualTo(200);
        assertError(ask("POST", "/members/hashkv"), 405, "Method Not Allowed");
    }

    @Test
    void renewsAndDescribesLeases() throws Exception {
        peer.serve();
        peer.leases.states.put(5L, new Leases.LeaseState(5, 60, 40, List.of(bytes("k"))));
        byte[] renewal = LeaseKeepAliveRequest.newBuilder().setID(5).build().toByteArray();
        Answer renewed = ask("POST", "/leases", renewal);
        assertThat(renewed.header("Content-Type")).isEqualTo("application/protobuf");
        assertThat(LeaseKeepAliveResponse.parseFrom(renewed.body()))
                .isEqualTo(
                        LeaseKeepAliveResponse.newBuilder().setID(5).setTTL(60).build());
        LeaseTimeToLiveResponse described = LeaseInternalResponse.parseFrom(
                        ask("POST", "/leases/internal", question(5)).body())
                .getLeaseTimeToLiveResponse();
        assertThat(described.hasHeader()).isTrue();
        assertThat(described.getTTL()).isEqualTo(40);
        assertThat(described.getGrantedTTL()).isEqualTo(60);
        assertThat(described.getKeysList()).containsExactly(ByteString.copyFromUtf8("k"));

        assertError(ask("POST", "/leases"), 404, "lease not found");
        assertError(ask("POST", "/leases/internal", question(6)), 404, "lease not found");
        assertError(ask("GET", "/leases"), 405, "Method Not Allowed");
        assertError(ask("POST", "/leases", bytes("junk!")), 400, "error unmarshalling request");
        assertError(ask("POST", "/leases/internal", bytes("junk!")), 400, "error unmarshalling request");
        assertError(ask("POST", "/leases", new byte[70_000]), 413, "request body too large");
        peer.leases.error = Optional.of(EtcdError.NOT_PRIMARY_LESSOR);
        assertError(ask("POST", "/leases", renewal), 400, "not a primary lessor");
        assertError(ask("POST", "/leases/internal", question(5)), 500, "not a primary lessor");
        peer.leases.error = Optional.of(EtcdError.TIMEOUT);
        assertError(
                ask("POST", "/leases", renewal), 408, "waiting for node to catch up its applied index has timed out");
    }

    private static byte[] question(long leaseId) {
        return LeaseInternalRequest.newBuilder()
                .setLeaseTimeToLiveRequest(
                        LeaseTimeToLiveRequest.newBuilder().setID(leaseId).setKeys(true))
                .build()
                .toByteArray();
    }

    @Test
    void saysWhetherTheClusterIsOnItsWayDown() throws Exception {
        peer.serve();
        Answer answer = ask("GET", "/downgrade/enabled");
        assertThat(answer.text()).isEqualTo("false");
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
        assertThat(answer.header("X-Etcd-Cluster-ID")).isEqualTo("7");
        versions.downgrade = new VersionView.Downgrade(true, "3.6.0");
        assertThat(ask("GET", "/downgrade/enabled").text()).isEqualTo("true");
        readError = Optional.of(EtcdError.TIMEOUT);
        assertError(ask("GET", "/downgrade/enabled"), 500, "failed linearized read: etcdserver: request timed out");
    }

    @Test
    void tellsMembersOfAGoEtcdThatTheVersionsDoNotGoTogether() throws Exception {
        peer.serve();
        assertThat(ask("GET", "/raft/probing").text()).matches("\\{\"OK\":true,\"Now\":\"[-0-9T:.]+Z\"}\n");
        assertError(ask("POST", "/raft"), 412, "incompatible version");
        assertError(ask("POST", "/raft/snapshot"), 412, "incompatible version");
        Answer stream = ask("GET", "/raft/stream/message/1");
        assertError(stream, 412, "incompatible version");
        assertThat(stream.header("X-Server-Version")).isEqualTo("3.7.1");
        assertThat(stream.header("X-Etcd-Cluster-ID")).isEqualTo("7");
        assertError(ask("GET", "/raft"), 405, "Method Not Allowed");
        assertError(ask("GET", "/raft/foo"), 404, "404 page not found");
        assertError(ask("GET", "/raftfoo"), 404, "404 page not found");
        assertError(ask("GET", "/health"), 404, "404 page not found");
    }

    @Test
    void answersInOrderOnOneConnection() throws Exception {
        peer.serve();
        try (RawHttp connection = new RawHttp(url)) {
            connection.send("GET", "/members/hashkv", bytes("{}"));
            connection.send("GET", "/nowhere", new byte[0]);
            connection.send("GET", "/version", new byte[0]);
            assertThat(connection.receive(false).text()).contains("hash_revision");
            assertThat(connection.receive(false).status()).isEqualTo(404);
            assertThat(connection.receive(false).text()).contains("etcdserver");
            connection.send("GET", "/version", new byte[0], "Connection: close");
            assertThat(connection.receive(false).status()).isEqualTo(200);
            assertThat(connection.isClosed()).isTrue();
        }
        try (RawHttp connection = new RawHttp(url)) {
            connection.write(bytes("what?\r\n\r\n"));
            assertThat(connection.receive(false).status()).isEqualTo(400);
            assertThat(connection.isClosed()).isTrue();
        }
        try (RawHttp connection = new RawHttp(url)) {
            // The beginning of HTTP/2 is P, R, I; so is that of a method of ours.
            connection.write(bytes("P"));
            connection.write(bytes("R"));
            connection.write(bytes("OPFIND /version HTTP/1.1\r\nHost: peer\r\n\r\n"));
            assertThat(connection.receive(false).status()).isEqualTo(405);
        }
    }
}
