package io.etcetera.server.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets in who may speak with this member, before any of what they say is read. Thread-safe. */
public final class Doorkeeper {
    private final Supplier<@Nullable Attendance> attendance;
    private final LongConsumer arrivals;

    /** Who is served, and with what; there is none before the member has started. */
    public record Attendance(PeerDirectory directory, PeerHandlers handlers) {}

    /** A call whose sender is known. */
    @FunctionalInterface
    public interface Admitted<Q, A> {
        ServerCall.Listener<Q> start(ServerCall<Q, A> call, long from, Attendance attendance);
    }

    /** @param arrivals told of each sender that is let in */
    public Doorkeeper(Supplier<@Nullable Attendance> attendance, LongConsumer arrivals) {
        this.attendance = attendance;
        this.arrivals = arrivals;
    }

    public <Q, A> ServerCallHandler<Q, A> before(Admitted<Q, A> next) {
        return (call, metadata) -> {
            Handshake handshake = Handshake.of(metadata);
            if (handshake == null) {
                return refuse(call, Refusal.INCOMPATIBLE);
            }
            Attendance present = attendance.get();
            if (present == null) {
                return refuse(call, Refusal.STARTING);
            }
            Refusal refusal = check(handshake, present.directory);
            if (refusal != null) {
                return refuse(call, refusal);
            }
            arrivals.accept(handshake.from());
            return next.start(call, handshake.from(), present);
        };
    }

    private static @Nullable Refusal check(Handshake handshake, PeerDirectory directory) {
        if (handshake.clusterId() != directory.clusterId()) {
            return Refusal.WRONG_CLUSTER;
        } else if (handshake.to() != directory.memberId()) {
            return Refusal.NOT_ME;
        }
        return standing(handshake, directory);
    }

    private static @Nullable Refusal standing(Handshake handshake, PeerDirectory directory) {
        if (directory.isRemoved(handshake.from())) {
            return Refusal.REMOVED_SENDER;
        }
        // Somebody who has more of the log than this member may have been added in what this member has not seen yet.
        // If it were refused, a member that was down while all others were replaced would never hear of it.
        boolean known = !directory.peerUrls(handshake.from()).isEmpty();
        return known || handshake.appliedIndex() > directory.appliedIndex() ? null : Refusal.UNKNOWN_SENDER;
    }

    static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Refusal refusal) {
        call.close(refusal.status(), refusal.trailers());
        return new ServerCall.Listener<>() {};
    }

    public static Metadata noTrailers() {
        return new Metadata();
    }
}
