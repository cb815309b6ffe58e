package io.etcetera.server.transport.peer;

import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerTransport;
import io.etcetera.server.apply.StateFetcher;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.change.LeaderPromotion;
import io.etcetera.server.lease.LeaderLeases;
import io.etcetera.server.propose.EntryForwarder;
import io.etcetera.server.propose.RefusalListener;
import io.etcetera.server.transport.Surroundings;
import io.etcetera.server.transport.copy.StateDownload;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All other members, found by ID: there as soon as the directory knows one, gone a while after it does not. Thread-safe. */
public final class RemotePeers implements PeerTransport, EntryForwarder, Connections, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemotePeers.class);

    /** How long a member that is gone from the directory is kept: the log needs its vote to let it go. */
    private static final int FAREWELL_TICKS = 40;

    private final Surroundings surroundings;
    private final RefusalListener refusals;
    private final Map<Long, RemotePeer> peers = new ConcurrentHashMap<>();
    private final Map<Long, Integer> farewells = new ConcurrentHashMap<>();
    private final LeaderClient leaderClient;
    private final StateDownload stateDownload;
    private volatile boolean closed;

    RemotePeers(Surroundings surroundings, RefusalListener refusals, Duration requestTimeout) {
        this.surroundings = surroundings;
        this.refusals = refusals;
        this.leaderClient = new LeaderClient(this, requestTimeout);
        this.stateDownload = new StateDownload(surroundings);
    }

    /** Asks the leader about leases. */
    public LeaderLeases leases() {
        return leaderClient;
    }

    /** Asks the leader to promote a learner. */
    public LeaderPromotion promotion() {
        return leaderClient;
    }

    /** Fetches other members' stores. */
    public StateFetcher states() {
        return stateDownload;
    }

    void start() {
        long tick = surroundings.pace().tickMillis();
        var unused =
                surroundings.lines().loops().group().scheduleWithFixedDelay(this::tick, 0, tick, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            if (!closed) {
                followDirectory();
                peers.values().forEach(RemotePeer::tick);
            }
        } catch (RuntimeException e) {
            LOG.error("links to other members could not be looked after", e); // and will be with the next tick
        }
    }

    private void followDirectory() {
        Set<Long> present = surroundings.directory().peers();
        present.forEach(this::find);
        peers.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey()) && hasTakenLeave(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        farewells.keySet().removeAll(present);
    }

    private boolean hasTakenLeave(long id) {
        boolean over = farewells.merge(id, 1, Integer::sum) > FAREWELL_TICKS;
        if (over) {
            farewells.remove(id);
        }
        return over;
    }

    @Nullable
    RemotePeer find(long id) {
        RemotePeer known = peers.get(id);
        if (known != null || closed || surroundings.directory().peerUrls(id).isEmpty()) {
            return known;
        }
        return peers.computeIfAbsent(
                id,
                added -> new RemotePeer(
                        added, surroundings.lines().loops().group().next(), surroundings, refusals));
    }

    @Override
    public void send(long peerId, Lane lane, byte[] message, PeerAnswer answer) {
        RemotePeer peer = find(peerId);
        if (peer == null) {
            answer.failed("no member of that ID is known");
        } else {
            peer.send(lane, message, answer);
        }
    }

    /** A peer has just connected to this member. */
    void arrived(long peerId) {
        RemotePeer peer = peers.get(peerId);
        if (peer != null && peer.activeSince().isEmpty()) {
            peer.nudge();
        }
    }

    @Override
    public boolean forward(long leaderId, long requestId, byte[] entry) {
        RemotePeer peer = find(leaderId);
        return peer != null && peer.forward(requestId, entry);
    }

    @Override
    public OptionalLong activeSince(long memberId) {
        RemotePeer peer = peers.get(memberId);
        return peer == null ? OptionalLong.empty() : peer.activeSince();
    }

    @Override
    public void close() {
        closed = true;
        peers.values().forEach(RemotePeer::close);
        surroundings.dialer().close();
    }
}
