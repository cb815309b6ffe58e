package io.etcetera.server.testing.fault;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchProgressRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.NodeClient;
import io.etcetera.server.testing.history.WatchEvent;
import io.etcetera.server.testing.history.WatchLog;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches a prefix on one member after the other, each time from where it had come to. Runs until its thread is interrupted.
 */
final class FollowingWatcher implements Runnable {
    private static final int LONGEST_STAY_MILLIS = 3_000;

    private final Cluster cluster;
    private final String prefix;
    private final WatchLog log;
    private final Random random;
    private volatile @Nullable String refusal;

    FollowingWatcher(String name, Cluster cluster, String prefix, long firstRevision, long seed) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.log = new WatchLog(name, key -> key.startsWith(prefix), firstRevision);
        this.random = new Random(seed);
    }

    WatchLog log() {
        return log;
    }

    /** Why the server would not watch from where it was asked to; null if it always did. */
    @Nullable
    String refusal() {
        return refusal;
    }

    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted() && refusal == null) {
            List<Node> nodes = cluster.nodes();
            Node node = nodes.get(random.nextInt(nodes.size()));
            try (NodeClient client = new NodeClient(node.endpoint())) {
                Session session = new Session(log.connected());
                session.stay(client);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static ByteString endOf(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }

    private static WatchEvent event(Event event) {
        String key = event.getKv().getKey().toStringUtf8();
        long revision = event.getKv().getModRevision();
        return event.getType() == Event.EventType.DELETE
                ? WatchEvent.delete(key, revision)
                : WatchEvent.put(key, event.getKv().getValue().toStringUtf8(), revision);
    }

    /** One watch on one member. Once left, it takes nothing any more. */
    private final class Session implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final long startRevision;
        private final CountDownLatch ended = new CountDownLatch(1);
        private boolean left;

        Session(long startRevision) {
            this.startRevision = startRevision;
        }

        void stay(NodeClient client) throws InterruptedException {
            ByteString key = ByteString.copyFromUtf8(prefix);
            var requests = WatchGrpc.newStub(client.channel()).watch(this);
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(key)
                            .setRangeEnd(endOf(key))
                            .setStartRevision(startRevision))
                    .build());
            int half = 1 + random.nextInt(LONGEST_STAY_MILLIS / 2);
            if (!ended.await(half, TimeUnit.MILLISECONDS) && random.nextBoolean()) {
                requests.onNext(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
            }
            boolean unused = ended.await(half, TimeUnit.MILLISECONDS);
            synchronized (this) {
                left = true;
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> requestStream) {
            // Nothing to set: messages are taken as they come.
        }

        @Override
        public synchronized void onNext(WatchResponse response) {
            if (left) {
                return;
            }
            if (response.getCanceled()) {
                refusal = log.nextRevision() + " is refused: " + response.getCancelReason() + ", compacted until "
                        + response.getCompactRevision();
                ended.countDown();
            } else if (response.getEventsCount() > 0) {
                log.received(response.getEventsList().stream()
                        .map(FollowingWatcher::event)
                        .toList());
            } else if (!response.getCreated()) {
                log.progressed(response.getHeader().getRevision());
            }
        }

        @Override
        public void onError(Throwable error) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }
}
