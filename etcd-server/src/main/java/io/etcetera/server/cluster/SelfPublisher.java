package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the cluster this member's name and client URLs, as often as it takes. {@link #tick()} is its timer. */
public final class SelfPublisher {
    private static final Logger log = LoggerFactory.getLogger(SelfPublisher.class);

    private final Identity identity;
    private final Attributes attributes;
    private final Proposer proposer;
    private final CompletableFuture<Void> published = new CompletableFuture<>();
    private volatile boolean underWay;

    public SelfPublisher(Identity identity, String name, List<String> clientUrls, Proposer proposer) {
        this.identity = identity;
        this.attributes = Attributes.newBuilder()
                .setName(name)
                .addAllClientUrls(clientUrls)
                .build();
        this.proposer = proposer;
    }

    /** Publishes, unless that is done or under way. One thread at a time. */
    public void tick() {
        if (underWay || published.isDone()) {
            return;
        }
        underWay = true;
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setClusterMemberAttrSet(ClusterMemberAttrSetRequest.newBuilder()
                        .setMemberID(identity.memberId())
                        .setMemberAttributes(attributes));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                log.atInfo()
                        .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                        .addKeyValue(
                                "local-member-attributes",
                                "{Name:" + attributes.getName() + " ClientURLs:" + attributes.getClientUrlsList() + "}")
                        .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                        .log("published local member to cluster through raft");
                published.complete(null);
            }

            @Override
            public void failed(EtcdException error) {
                underWay = false;
                if (error.error() == EtcdError.STOPPED) {
                    published.completeExceptionally(error);
                    return;
                }
                log.atWarn()
                        .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                        .addKeyValue("error", error.getMessage())
                        .log("failed to publish local member to cluster through raft");
            }
        });
    }

    /** Completes once this member's attributes are applied; exceptionally with STOPPED if the member stops before. */
    public CompletionStage<Void> published() {
        return published;
    }
}
