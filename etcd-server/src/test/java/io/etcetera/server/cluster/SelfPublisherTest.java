package io.etcetera.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.EmptyResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfPublisherTest {
    private final List<ResultCallback<Message>> proposals = new ArrayList<>();
    private final ManualTime time = new ManualTime();
    private final Backend backend;
    private final ClusterStore cluster;
    private final SelfPublisher publisher;

    SelfPublisherTest(@TempDir Path directory) {
        backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT);
        cluster = new ClusterStore(new Identity(1, 2), backend);
        publisher = new SelfPublisher(cluster, "a", List.of("http://a:1"), this::propose, Duration.ofSeconds(7), time);
    }

    private void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        assertThat(request.getClusterMemberAttrSet().getMemberID()).isEqualTo(1);
        proposals.add(callback);
    }

    private void found() throws EtcdException {
        backend.beginEntry();
        cluster.change(MembershipChange.newBuilder()
                .setFounding(Founding.newBuilder()
                        .addMembers(MemberRecord.toReplicated(
                                Member.newBuilder().setID(1).build())))
                .build());
        backend.endEntry(1, 1);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void waitsForTheFounding() throws Exception {
        publisher.tick();
        time.advance(Duration.ofSeconds(8));
        publisher.tick();
        assertThat(proposals).isEmpty();

        found();
        publisher.tick();
        publisher.tick();
        assertThat(proposals).hasSize(1);
        proposals.get(0).completed(EmptyResponse.getDefaultInstance());
        assertThat(publisher.published().toCompletableFuture()).isCompleted();
    }

    @Test
    void triesAgainWhenItFailed() throws Exception {
        found();
        publisher.tick();
        proposals.get(0).failed(new EtcdException(EtcdError.TIMEOUT));
        publisher.tick();
        assertThat(proposals).hasSize(2);
    }

    @Test
    void givesUpWhenTheMemberStopsBeforeItIsFounded() {
        publisher.tick();
        publisher.stop();
        assertThat(publisher.published().toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(EtcdException.class)
                .withMessage(EtcdError.STOPPED.text());
    }

    @Test
    void givesUpWhenTheProposerHasStopped() throws Exception {
        found();
        publisher.tick();
        proposals.get(0).failed(new EtcdException(EtcdError.STOPPED));
        publisher.tick();
        assertThat(proposals).hasSize(1);
        assertThat(publisher.published().toCompletableFuture()).isCompletedExceptionally();
    }
}
