package io.etcetera.server.transport.peer;

import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerInbox;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.net.http.HttpHandler;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.propose.LogRefusal;
import io.etcetera.server.testing.FakeLeases;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.transport.PeerHandlers;
import io.etcetera.server.transport.StateSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One member of {@link TestPeers}: keeps what it is sent, and answers with the same in upper case. */
public final class TestPeer implements AutoCloseable {
    final List<String> received = Collections.synchronizedList(new ArrayList<>());
    final List<Long> refused = Collections.synchronizedList(new ArrayList<>());
    public final FakeLeases leases = new FakeLeases();
    final AtomicInteger removals = new AtomicInteger();
    final TestPeers.Directory directory;
    public final PeerNetwork network;
    final MemberTls tls;
    final MemberMetrics metrics;
    final RemotePeers peers;
    volatile boolean answers = true;
    volatile StateSource states = StateSource.NONE;
    public volatile HttpHandler http = (request, reply) -> reply.accept(HttpReply.notFound());

    TestPeer(PeerNetwork network, MemberTls tls, MemberMetrics metrics, TestPeers.Directory directory) {
        this.network = network;
        this.tls = tls;
        this.metrics = metrics;
        this.directory = directory;
        this.peers =
                network.connect(directory, (requestId, refusal) -> refused.add(requestId), removals::incrementAndGet);
    }

    /** Serves with everything that is not tested elsewhere left out. */
    public void serve() {
        serve(this::receive);
    }

    void serve(PeerInbox inbox) {
        network.serve(
                directory,
                new PeerHandlers(
                        inbox,
                        (requestId, entry, refusals) -> {
                            received.add("entry " + new String(entry, StandardCharsets.UTF_8));
                            refusals.refused(requestId, LogRefusal.NOT_TAKEN);
                        },
                        leases,
                        PeerHandlers.Promotion.NONE,
                        (index, copyId) -> states.open(index, copyId),
                        (request, reply) -> http.handle(request, reply)));
    }

    private void receive(long from, Lane lane, byte[] message, Consumer<byte[]> answer) {
        String text = new String(message, StandardCharsets.UTF_8);
        received.add(from + " " + lane + " " + text);
        if (answers) {
            answer.accept(text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Completes with the answer, exceptionally if the message is lost. */
    CompletableFuture<String> send(long to, Lane lane, String text) {
        return send(to, lane, text.getBytes(StandardCharsets.UTF_8));
    }

    CompletableFuture<String> send(long to, Lane lane, byte[] message) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        peers.send(to, lane, message, new PeerAnswer() {
            @Override
            public void received(byte[] bytes) {
                answer.complete(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void failed(String reason) {
                answer.completeExceptionally(new IllegalStateException(reason));
            }
        });
        return answer;
    }

    void awaitActive(long peerId) throws InterruptedException {
        TestPeers.await(
                "member " + peerId + " to answer",
                () -> peers.activeSince(peerId).isPresent());
    }

    void awaitInactive(long peerId) throws InterruptedException {
        TestPeers.await(
                "member " + peerId + " to be missed",
                () -> peers.activeSince(peerId).isEmpty());
    }

    /** The value of a series as a scrape shows it; NaN if it shows none. */
    double metric(String series) {
        return new String(metrics.scrape(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Override
    public void close() {
        metrics.close();
        peers.close();
        network.close();
        tls.close();
    }
}
