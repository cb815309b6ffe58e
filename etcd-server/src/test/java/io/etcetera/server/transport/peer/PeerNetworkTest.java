package io.etcetera.server.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.transport.Lane;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.tls.TlsConfig;
import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Handshake;
import io.etcetera.server.transport.Refusal;
import io.etcetera.server.transport.Wire;
import io.grpc.Metadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PeerNetworkTest {

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void keepsALanesOrderAndMatchesItsAnswers() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            one.serve();
            two.serve();
            one.awaitActive(2);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(one.send(2, Lane.APPEND, "a" + i));
                expected.add("1 APPEND a" + i);
            }
            for (int i = 0; i < 500; i++) {
                assertThat(get(answers.get(i))).isEqualTo("A" + i);
            }
            assertThat(two.received).isEqualTo(expected);
            assertThat(get(two.send(1, Lane.CONTROL, "vote"))).isEqualTo("VOTE");
            assertThat(one.received).containsExactly("2 CONTROL vote");
        }
    }

    @Test
    void failsWhatIsOutstandingAndReachesAPeerThatComesBack() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            two.answers = false;
            two.serve();
            one.awaitActive(2);
            CompletableFuture<String> outstanding = one.send(2, Lane.APPEND, "lost");
            TestPeers.await("the message to arrive", () -> !two.received.isEmpty());
            group.stop(2);
            assertThatThrownBy(() -> get(outstanding)).isInstanceOf(ExecutionException.class);
            one.awaitInactive(2);
            assertThatThrownBy(() -> get(one.send(2, Lane.CONTROL, "nobody there")))
                    .isInstanceOf(ExecutionException.class);
            group.startServing(2);
            one.awaitActive(2);
            assertThat(get(one.send(2, Lane.APPEND, "back"))).isEqualTo("BACK");
        }
    }

    @Test
    void countsWhatGoesToAndFroAndWhoAnswers() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.startServing(2);
            one.awaitActive(2);
            get(one.send(2, Lane.APPEND, "x".repeat(10_000)));
            TestPeers.await(
                    "a ping to be answered",
                    () -> one.metric("etcd_network_peer_round_trip_time_seconds_count{To=\"2\"}") > 0);
            for (TestPeer peer : List.of(one, two)) {
                String other = Long.toHexString(3 - peer.directory.memberId());
                assertThat(peer.metric("etcd_network_peer_sent_bytes_total{To=\"" + other + "\"}"))
                        .isBetween(10_000.0, 100_000.0);
                assertThat(peer.metric("etcd_network_peer_received_bytes_total{From=\"" + other + "\"}"))
                        .isBetween(10_000.0, 100_000.0);
            }
            assertThat(one.metric("etcd_network_active_peers{Local=\"1\",Remote=\"2\"}"))
                    .isEqualTo(1);
            assertThat(one.metric("etcd_network_disconnected_peers_total{Local=\"1\",Remote=\"2\"}"))
                    .isNaN();

            group.stop(2);
            one.awaitInactive(2);
            TestPeers.await(
                    "the peer to be counted as lost",
                    () -> one.metric("etcd_network_disconnected_peers_total{Local=\"1\",Remote=\"2\"}") == 1);
            assertThat(one.metric("etcd_network_active_peers{Local=\"1\",Remote=\"2\"}"))
                    .isZero();
            assertThatThrownBy(() -> get(one.send(2, Lane.CONTROL, "nobody there")))
                    .isInstanceOf(ExecutionException.class);
            assertThat(one.metric("etcd_network_peer_sent_failures_total{To=\"2\"}"))
                    .isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void tellsApartWhyAMemberIsRefused() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer two = group.start(2);
            String url = group.url(2);
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER, 1, 2, 0)))
                    .isEqualTo(Refusal.STARTING);
            two.serve();
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER + 1, 1, 2, 0)))
                    .isEqualTo(Refusal.WRONG_CLUSTER);
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER, 1, 3, 0)))
                    .isEqualTo(Refusal.NOT_ME);
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER, 9, 2, 0)))
                    .isEqualTo(Refusal.UNKNOWN_SENDER);
            group.removed.add(8L);
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER, 8, 2, 100)))
                    .isEqualTo(Refusal.REMOVED_SENDER);
            assertThat(RawCall.refusal(url, new Metadata())).isEqualTo(Refusal.INCOMPATIBLE);
            assertThat(two.received).isEmpty();
        }
    }

    @Test
    void hearsAMemberThatIsAheadOfWhatItKnows() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer two = group.start(2);
            two.directory.appliedIndex = 7;
            two.serve();
            String url = group.url(2);
            assertThat(RawCall.refusal(url, new Handshake(TestPeers.CLUSTER, 9, 2, 7)))
                    .isEqualTo(Refusal.UNKNOWN_SENDER);
            assertThat(RawCall.answer(url, new Handshake(TestPeers.CLUSTER, 9, 2, 8), "vote"))
                    .isEqualTo("VOTE");
            assertThat(two.received).containsExactly("9 CONTROL vote");
        }
    }

    @Test
    void tellsARemovedMemberAndTurnsItOut() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            one.serve();
            two.serve();
            one.awaitActive(2);
            group.removed.add(1L);
            TestPeers.await("the member to be told", () -> one.removals.get() > 0);
            one.awaitInactive(2);
            assertThat(two.removals).hasValue(0);
        }
    }

    @Test
    void boundsWhatWaitsForAnAnswer() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            two.answers = false;
            two.serve();
            one.awaitActive(2);
            byte[] large = new byte[8 << 20];
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(one.send(2, Lane.APPEND, large));
            }
            assertThat(one.send(2, Lane.APPEND, new byte[1])).isCompletedExceptionally();
            // The other lane is not held up.
            CompletableFuture<String> urgent = one.send(2, Lane.CONTROL, "vote");
            TestPeers.await("all to arrive", () -> two.received.size() == 9);
            assertThat(urgent).isNotDone();
            group.stop(2);
            for (CompletableFuture<String> answer : answers) {
                assertThatThrownBy(() -> get(answer)).isInstanceOf(ExecutionException.class);
            }
            group.start(2).serve();
            one.awaitActive(2);
            assertThat(get(one.send(2, Lane.APPEND, "room again"))).isEqualTo("ROOM AGAIN");
        }
    }

    @Test
    void followsAPeerToAnotherAddressAndTriesAllThatItHas() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            group.startServing(2);
            one.awaitActive(2);
            group.stop(2);
            one.awaitInactive(2);
            group.urls.put(2L, List.of(group.freeUrl()));
            group.startServing(2);
            one.awaitActive(2);
            String good = group.url(2);
            group.urls.put(2L, List.of(group.freeUrl(), "http://nowhere.invalid:1", "not a URL", good));
            assertThat(get(one.send(2, Lane.APPEND, "still there"))).isEqualTo("STILL THERE");
            group.stop(2);
            one.awaitInactive(2);
            group.start(2, Wire.INTACT, TlsConfig.NONE, List.of(good)).serve();
            one.awaitActive(2);
        }
    }

    @Test
    void noticesALinkThatIsDeadWithoutAWord() throws Exception {
        BrokenWire wire = new BrokenWire();
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1, wire);
            TestPeer two = group.start(2);
            one.serve();
            two.serve();
            one.awaitActive(2);
            two.awaitActive(1);
            long since = one.peers.activeSince(2).orElseThrow();
            assertThat(get(one.send(2, Lane.CONTROL, "still the same"))).isEqualTo("STILL THE SAME");
            assertThat(one.peers.activeSince(2)).hasValue(since);
            wire.fate = Fate.LOST;
            CompletableFuture<String> lost = one.send(2, Lane.CONTROL, "into the void");
            assertThatThrownBy(() -> get(lost)).hasMessageContaining("does not answer");
            one.awaitInactive(2);
            // The answers to its pings are lost, too.
            two.awaitInactive(1);
            wire.fate = Fate.DELIVERED;
            one.awaitActive(2);
            assertThat(one.peers.activeSince(2).orElseThrow()).isGreaterThan(since);
        }
    }

    @Test
    void delaysInOrderAndCuts() throws Exception {
        BrokenWire wire = new BrokenWire();
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1, wire);
            TestPeer two = group.startServing(2);
            one.awaitActive(2);
            get(one.send(2, Lane.APPEND, "first")); // a link is not begun on a wire that delays
            List<CompletableFuture<String>> answers = new ArrayList<>();
            List<String> expected = new ArrayList<>(List.of("1 APPEND first"));
            for (int i = 0; i < 20; i++) {
                wire.fate = i % 3 == 0 ? new Fate.Delayed(Duration.ofMillis(20 - i)) : Fate.DELIVERED;
                answers.add(one.send(2, Lane.APPEND, "d" + i));
                expected.add("1 APPEND d" + i);
            }
            wire.fate = Fate.DELIVERED;
            for (CompletableFuture<String> answer : answers) {
                get(answer);
            }
            assertThat(two.received).isEqualTo(expected);
            wire.fate = Fate.CUT;
            one.awaitInactive(2);
            assertThatThrownBy(() -> get(one.send(2, Lane.CONTROL, "cut"))).isInstanceOf(ExecutionException.class);
            wire.fate = Fate.DELIVERED;
            one.awaitActive(2);
        }
    }

    @Test
    void forwardsEntriesAndHearsOfRefusals() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.startServing(2);
            assertThat(one.peers.forward(3, 1, new byte[1])).isFalse();
            one.awaitActive(2);
            List<String> expected = new ArrayList<>();
            List<Long> ids = new ArrayList<>();
            for (long id = 1; id <= 100; id++) {
                assertThat(one.peers.forward(2, id, ("e" + id).getBytes(StandardCharsets.UTF_8)))
                        .isTrue();
                expected.add("entry e" + id);
                ids.add(id);
            }
            TestPeers.await("all refusals", () -> one.refused.size() == 100);
            assertThat(two.received).isEqualTo(expected);
            assertThat(one.refused).isEqualTo(ids);
            group.stop(2);
            one.awaitInactive(2);
            assertThat(one.peers.forward(2, 101, new byte[1])).isFalse();
        }
    }

    @Test
    void asksTheLeader() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.startServing(2);
            one.awaitActive(2);
            two.leases.states.put(5L, new Leases.LeaseState(5, 60, 40, List.of(new byte[] {'k'})));
            assertThat(get(renew(one, 2, 5))).isEqualTo(60);
            assertThat(get(renew(one, 2, 6))).isZero();
            Leases.LeaseState state = get(timeToLive(one, 2, 5)).orElseThrow();
            assertThat(state.grantedTtlSeconds()).isEqualTo(60);
            assertThat(state.remainingTtlSeconds()).isEqualTo(40);
            assertThat(state.keys()).containsExactly(new byte[] {'k'});
            assertThat(get(timeToLive(one, 2, 6))).isEmpty();
            two.leases.error = Optional.of(EtcdError.NOT_PRIMARY_LESSOR);
            assertThat(errorOf(renew(one, 2, 5))).isEqualTo(EtcdError.NOT_PRIMARY_LESSOR);
            assertThat(errorOf(renew(one, 3, 5))).isEqualTo(EtcdError.NO_LEADER);
            CompletableFuture<List<Member>> promoted = new CompletableFuture<>();
            one.peers.promotion().promote(2, 9, callback(promoted));
            assertThat(errorOf(promoted)).isEqualTo(EtcdError.NOT_LEADER);
            group.stop(2);
            one.awaitInactive(2);
            assertThat(errorOf(renew(one, 2, 5))).isEqualTo(EtcdError.NO_LEADER);
        }
    }

    private static CompletableFuture<Long> renew(TestPeer from, long leader, long lease) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        from.peers.leases().renew(leader, lease, callback(answer));
        return answer;
    }

    private static CompletableFuture<Optional<Leases.LeaseState>> timeToLive(TestPeer from, long leader, long lease) {
        CompletableFuture<Optional<Leases.LeaseState>> answer = new CompletableFuture<>();
        from.peers.leases().timeToLive(leader, lease, true, new ResultCallback<Leases.@Nullable LeaseState>() {
            @Override
            public void completed(Leases.@Nullable LeaseState state) {
                answer.complete(Optional.ofNullable(state));
            }

            @Override
            public void failed(EtcdException error) {
                answer.completeExceptionally(error);
            }
        });
        return answer;
    }

    private static <T> ResultCallback<T> callback(CompletableFuture<T> answer) {
        return new ResultCallback<>() {
            @Override
            public void completed(T result) {
                answer.complete(result);
            }

            @Override
            public void failed(EtcdException error) {
                answer.completeExceptionally(error);
            }
        };
    }

    private static EtcdError errorOf(CompletableFuture<?> answer) throws Exception {
        try {
            throw new AssertionError("answered " + get(answer));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EtcdException error) {
                return error.error();
            }
            throw e;
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            group.start(2).serve();
            one.awaitActive(2);
            get(one.send(2, Lane.APPEND, "a"));
        }
        TestPeers.await("all threads to end", () -> {
            Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
            left.removeAll(before);
            return left.stream().noneMatch(thread -> thread.getName().startsWith("etcd-peer"));
        });
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (TestPeers group = new TestPeers(1)) {
            group.start(1);
            String port = group.url(1).substring("http://".length());
            assertThatThrownBy(() -> group.start(1))
                    .isInstanceOf(IOException.class)
                    .hasMessage("listen tcp " + port + ": bind: address already in use");
        }
    }
}
