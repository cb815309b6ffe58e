package io.etcetera.server.concurrency;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.concurrency.MemberClient.Changes;
import io.etcetera.server.concurrency.MemberClient.First;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One who observes an election: told who leads, of each value that the leader proclaims, and of the next leader when its
 * key is deleted. Leaders that come and go between two looks are not seen.
 *
 * <p>On the client's executor only. It asks the store who leads; watches for a first candidate if nobody does, and
 * otherwise the leader's key; and asks again once that is deleted.
 */
public final class Observation implements AutoCloseable {
    /** Where it goes. */
    public interface Output {
        /** Whether there is room. When it comes up again, {@link Observation#drain()} is to be called. */
        boolean hasRoom();

        /** The header holds the revision alone. */
        void send(LeaderResponse response);

        /** Nothing more comes. As in etcd, this is not an error, whatever the reason. */
        void end();
    }

    private final MemberClient client;
    private final Contest contest;
    private final Output output;
    /** The watch in force; none while the store is asked who leads. */
    private @Nullable EventBuffer events;
    /** Whether the watch is for a first candidate. */
    private boolean vacant;

    private boolean closed;

    private Observation(MemberClient client, Contest contest, Output output) {
        this.client = client;
        this.contest = contest;
        this.output = output;
    }

    /** Starts to observe, until it ends or is closed. */
    public static Observation start(MemberClient client, LeaderRequest request, Output output) {
        Observation observation = new Observation(client, Contest.of(request.getName()), output);
        observation.look();
        return observation;
    }

    private void look() {
        client.first(contest.owner(), Callbacks.of(this::looked, error -> end()));
    }

    private void looked(First owner) {
        if (closed) {
            return;
        }
        if (owner.kv().isPresent()) {
            elected(owner.kv().get(), owner.revision());
        } else {
            vacant = true;
            watch(contest.keys(), owner.revision() + 1, Changes.PUTS);
        }
    }

    private void elected(KeyValue leader, long revision) {
        vacant = false;
        output.send(Elections.response(revision, leader));
        watch(KeyRange.single(leader.getKey().toByteArray()), revision + 1, Changes.ALL);
    }

    private void watch(KeyRange range, long startRevision, Changes changes) {
        stopWatching();
        events = new EventBuffer(client, range, startRevision, changes, this::drain);
    }

    /** Passes on what waits while there is room. On the executor. */
    public void drain() {
        while (!closed && events != null && output.hasRoom()) {
            WatchBatch batch = events.poll();
            if (batch == null) {
                return;
            }
            if (batch.compactRevision() != 0) {
                end();
            } else if (vacant) {
                // The others of the batch are found again by the watch of this key, or were not elected.
                KeyValue first = decode(batch.events().get(0)).getKv();
                elected(first, first.getModRevision());
            } else {
                follow(batch.revision(), batch.events());
            }
        }
    }

    private void follow(long revision, List<WatchEvent> changes) {
        for (WatchEvent change : changes) {
            if (change.isDelete()) {
                stopWatching();
                look();
                return;
            }
            output.send(Elections.response(revision, decode(change).getKv()));
        }
    }

    private static Event decode(WatchEvent event) {
        try {
            return Event.parseFrom(event.encoded(false));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("event of revision " + event.revision() + " cannot be decoded", e);
        }
    }

    private void end() {
        if (!closed) {
            close();
            output.end();
        }
    }

    /** Ends it without a word. Idempotent. */
    @Override
    public void close() {
        closed = true;
        stopWatching();
    }

    private void stopWatching() {
        EventBuffer open = events;
        events = null;
        if (open != null) {
            open.close();
        }
    }
}
