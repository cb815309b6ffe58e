package io.etcetera.server.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoleMemberTest {
    private final List<MembershipChange> proposed = new ArrayList<>();
    private final Backend backend;
    private final ClusterStore cluster;

    SoleMemberTest(@TempDir Path directory) throws EtcdException {
        backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT);
        cluster = new ClusterStore(new Identity(2, 99), backend);
        Founding.Builder founding = Founding.newBuilder();
        for (long id = 1; id <= 3; id++) {
            founding.addMembers(MemberRecord.toReplicated(Member.newBuilder()
                    .setID(id)
                    .addPeerURLs("http://m" + id + ":1")
                    .build()));
        }
        apply(MembershipChange.newBuilder().setFounding(founding).build());
    }

    private void apply(MembershipChange change) throws EtcdException {
        backend.beginEntry();
        cluster.change(change);
        backend.endEntry(backend.consistentIndex() + 1, 1);
    }

    private void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        proposed.add(request.getMembershipChange());
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void removesEverybodyElse() throws Exception {
        SoleMember forced = new SoleMember(cluster, this::propose, true);
        assertThat(forced.isSettled()).isFalse();

        forced.leaderStarted();
        assertThat(proposed)
                .extracting(change -> change.getRemoval().getMemberID())
                .containsExactlyInAnyOrder(1L, 3L);
        assertThat(forced.isSettled()).isFalse();
        for (MembershipChange change : proposed) {
            apply(change);
        }
        assertThat(forced.isSettled()).isTrue();
        assertThat(cluster.members()).extracting(Member::getID).containsExactly(2L);
    }

    @Test
    void leavesAClusterAloneThatWasNotForced() {
        SoleMember usual = new SoleMember(cluster, this::propose, false);
        usual.leaderStarted();

        assertThat(usual.isSettled()).isTrue();
        assertThat(proposed).isEmpty();
    }
}
