package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Tells the cluster this member's name and client URLs, as often as it takes. {@link #tick()} is its timer. */
public final class SelfPublisher {
    private static final Logger log = LoggerFactory.getLogger(SelfPublisher.class);

    private final ClusterStore cluster;
    private final Attributes attributes;
    private final Proposer proposer;
    private final Duration timeout;
    private final TimeSource time;
    private final CompletableFuture<Void> published = new CompletableFuture<>();
    private volatile boolean underWay;
    private long waitingSinceNanos;

    /** @param timeout how long the proposer tries each time */
    public SelfPublisher(
            ClusterStore cluster,
            String name,
            List<String> clientUrls,
            Proposer proposer,
            Duration timeout,
            TimeSource time) {
        this.cluster = cluster;
        this.attributes = Attributes.newBuilder()
                .setName(name)
                .addAllClientUrls(clientUrls)
                .build();
        this.proposer = proposer;
        this.timeout = timeout;
        this.time = time;
        this.waitingSinceNanos = time.nanoTime();
    }

    /** Publishes, unless that is done, under way, or too early: nobody is a member before the founding. One thread at a time. */
    public void tick() {
        if (underWay || published.isDone()) {
            return;
        }
        if (!cluster.isFounded()) {
            // It has no leader yet, of which an operator hears as often as if this were waiting for one.
            if (time.nanoTime() - waitingSinceNanos >= timeout.toNanos()) {
                waitingSinceNanos = time.nanoTime();
                logFailure(EtcdError.DEADLINE_EXCEEDED.text());
            }
            return;
        }
        underWay = true;
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setClusterMemberAttrSet(ClusterMemberAttrSetRequest.newBuilder()
                        .setMemberID(cluster.memberId())
                        .setMemberAttributes(attributes));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                describe(log.atInfo())
                        .addKeyValue("cluster-id", MemberIds.toText(cluster.clusterId()))
                        .addKeyValue("publish-timeout", GoDuration.format(timeout))
                        .log("published local member to cluster through raft");
                published.complete(null);
            }

            @Override
            public void failed(EtcdException error) {
                underWay = false;
                if (error.error() == EtcdError.STOPPED) {
                    stop();
                    return;
                }
                logFailure(String.valueOf(error.getMessage()));
            }
        });
    }

    /** Gives up, if it is not done yet: the member stops, or has failed. Any thread. */
    public void stop() {
        if (published.completeExceptionally(new EtcdException(EtcdError.STOPPED))) {
            describe(log.atWarn())
                    .addKeyValue("publish-timeout", GoDuration.format(timeout))
                    .log("stopped publish because server is stopping");
        }
    }

    private void logFailure(String error) {
        describe(log.atWarn())
                .addKeyValue("publish-timeout", GoDuration.format(timeout))
                .addKeyValue("error", error)
                .log("failed to publish local member to cluster through raft");
    }

    private LoggingEventBuilder describe(LoggingEventBuilder event) {
        return event.addKeyValue("local-member-id", MemberIds.toText(cluster.memberId()))
                .addKeyValue(
                        "local-member-attributes",
                        "{Name:" + attributes.getName() + " ClientURLs:["
                                + String.join(" ", attributes.getClientUrlsList()) + "]}");
    }

    /** Completes once this member's attributes are applied; exceptionally with STOPPED if the member stops before. */
    public CompletionStage<Void> published() {
        return published;
    }
}
