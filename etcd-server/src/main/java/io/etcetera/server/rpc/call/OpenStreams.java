package io.etcetera.server.rpc.call;

import io.etcetera.server.EtcdError;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The streams that clients hold open, so that they can be ended: all of them when the server stops, and those that asked
 * for a leader when there has been none for three looks in a row, one election timeout apart.
 */
public final class OpenStreams implements AutoCloseable {
    private static final int LOOKS_WITHOUT_LEADER = 3;

    /** A call that stays open until one side ends it. */
    public interface Stream {
        /** Ends the call; does nothing if it has ended. On {@link #loop()}. */
        void end(Status status);

        EventExecutor loop();
    }

    private final CallGate gate;
    private final Set<Stream> all = ConcurrentHashMap.newKeySet();
    private final Set<Stream> requiringLeader = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> looking;
    private int looksWithoutLeader;
    private volatile @Nullable Status closed;

    public OpenStreams(CallGate gate, EventExecutor timer, Duration electionTimeout) {
        this.gate = gate;
        long millis = electionTimeout.toMillis();
        this.looking = timer.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A stream has begun. On its loop. */
    public void opened(Stream stream, boolean requiresLeader) {
        all.add(stream);
        if (requiresLeader) {
            requiringLeader.add(stream);
        }
        Status status = closed;
        if (status != null) {
            stream.end(status);
        }
    }

    /** A stream has ended, from whichever side. */
    public void ended(Stream stream) {
        all.remove(stream);
        requiringLeader.remove(stream);
    }

    private void look() {
        looksWithoutLeader = gate.hasLeader() ? 0 : looksWithoutLeader + 1;
        if (looksWithoutLeader >= LOOKS_WITHOUT_LEADER) {
            endAll(requiringLeader, StatusTable.of(EtcdError.NO_LEADER));
        }
    }

    /** Ends all streams, and those that are still to be opened. */
    public void endAll(Status status) {
        closed = status;
        endAll(all, status);
    }

    private static void endAll(Set<Stream> streams, Status status) {
        for (Stream stream : streams) {
            EventLoops.runOn(stream.loop(), () -> stream.end(status));
        }
    }

    @Override
    public void close() {
        looking.cancel(false);
    }
}
