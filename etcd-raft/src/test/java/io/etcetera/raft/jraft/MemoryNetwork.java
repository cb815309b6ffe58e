package io.etcetera.raft.jraft;

import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerInbox;
import io.etcetera.raft.transport.PeerTransport;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * Carries messages between members of one process, with links that can be cut and messages that get lost. Who has sent one that
 * was lost, or whose answer was, is told so when the network is mended: as by a connection that breaks, late.
 */
final class MemoryNetwork {
    private final Map<Long, PeerInbox> inboxes = new ConcurrentHashMap<>();
    private final Set<Link> cut = ConcurrentHashMap.newKeySet();
    private final Queue<PeerAnswer> unanswered = new ConcurrentLinkedQueue<>();
    private final Random random;
    private volatile double loss;
    private volatile Predicate<byte[]> loseAnswer = message -> false;

    private record Link(long from, long to) {}

    MemoryNetwork(long seed) {
        this.random = new Random(seed);
    }

    PeerTransport of(long memberId) {
        return (peerId, lane, message, answer) -> send(memberId, peerId, lane, message, answer);
    }

    private void send(long from, long to, Lane lane, byte[] message, PeerAnswer answer) {
        PeerInbox inbox = inboxes.get(to);
        if (inbox == null) {
            answer.failed("nobody there");
            return;
        }
        if (isLost(from, to)) {
            unanswered.add(answer);
            return;
        }
        inbox.receive(from, lane, message, reply -> {
            if (isLost(to, from) || loseAnswer.test(message)) {
                unanswered.add(answer);
            } else {
                answer.received(reply);
            }
        });
    }

    private boolean isLost(long from, long to) {
        if (cut.contains(new Link(from, to))) {
            return true;
        }
        double probability = loss;
        synchronized (random) {
            return probability > 0 && random.nextDouble() < probability;
        }
    }

    void connect(long memberId, PeerInbox inbox) {
        inboxes.put(memberId, inbox);
    }

    void disconnect(long memberId) {
        inboxes.remove(memberId);
    }

    /** Cuts both directions between one member and all others. */
    void isolate(long memberId, Iterable<Long> others) {
        for (long other : others) {
            cut.add(new Link(memberId, other));
            cut.add(new Link(other, memberId));
        }
    }

    /** Mends all links; no message gets lost any more. */
    void heal() {
        cut.clear();
        loss = 0;
        for (PeerAnswer answer = unanswered.poll(); answer != null; answer = unanswered.poll()) {
            answer.failed("the connection was lost");
        }
    }

    /** From now on, answers to such messages get lost. */
    void loseAnswersTo(Predicate<byte[]> messages) {
        loseAnswer = messages;
    }

    /** From now on, this part of all messages gets lost. */
    void lose(double part) {
        loss = part;
    }
}
