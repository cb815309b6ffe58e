package io.etcetera.server.transport.copy;

import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyRequest;
import io.etcetera.proto.peer.PeerGrpc;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.Surroundings;
import io.etcetera.server.transport.Wire;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A copy as it comes in from a peer, on a connection of its own. One thread takes the parts; no more than {@link
 * #AHEAD} are asked for ahead, so that a slow disk slows the peer down.
 */
final class CopyStream extends ClientCall.Listener<CopyPart> implements AutoCloseable {
    /** A peer may take its time to make a copy, but not between two parts of it. */
    private static final long MAX_PREPARATION_SECONDS = 1_800;

    private static final long MAX_PAUSE_SECONDS = 60;

    /** Of a quarter of a megabyte each: what comes in while one is checked and written. */
    private static final int AHEAD = 8;

    private final ManagedChannel channel;
    private final ClientCall<CopyRequest, CopyPart> call;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private boolean begun;

    private sealed interface Event {}

    private record Part(CopyPart part) implements Event {}

    private record End(Status status) implements Event {}

    /** The peer was not reached, or did not answer: nothing has been received. */
    static final class NotReachedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotReachedException(String message) {
            super(message);
        }
    }

    private CopyStream(ManagedChannel channel) {
        this.channel = channel;
        this.call = channel.newCall(PeerGrpc.getCopyStateMethod(), CallOptions.DEFAULT);
    }

    static CopyStream open(Surroundings surroundings, long memberId, String url, CopyRequest request)
            throws NotReachedException {
        Lines lines = surroundings.lines();
        if (!lines.reach(memberId, Wire.Traffic.CONNECTION)) {
            throw new NotReachedException("the connection is cut");
        }
        ManagedChannel channel;
        try {
            channel =
                    surroundings.dialer().dialForCopy(url, lines.loops().group().next());
        } catch (IllegalArgumentException e) {
            throw new NotReachedException(String.valueOf(e.getMessage()));
        }
        CopyStream stream = new CopyStream(channel);
        stream.call.start(stream, surroundings.handshake(memberId).toMetadata());
        stream.call.request(AHEAD);
        stream.call.sendMessage(request);
        stream.call.halfClose();
        return stream;
    }

    @Override
    public void onMessage(CopyPart part) {
        events.add(new Part(part));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        events.add(new End(status));
    }

    /** The next part. Blocks. */
    CopyPart next() throws IOException, InterruptedException {
        Event event = events.poll(begun ? MAX_PAUSE_SECONDS : MAX_PREPARATION_SECONDS, TimeUnit.SECONDS);
        if (event instanceof Part part) {
            begun = true;
            call.request(1);
            return part.part;
        }
        String reason = event instanceof End end
                ? end.status.getCode() + ": " + end.status.getDescription()
                : "the peer has stopped sending";
        if (begun) {
            throw new IOException("the copy breaks off: " + reason);
        }
        throw new NotReachedException("no copy was sent: " + reason);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
