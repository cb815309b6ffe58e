package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.junit5.EtcdClusterExtension;
import io.etcetera.junit5.EtcdMember;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
// guide extension
class ExtensionTest {
    @RegisterExtension
    static final EtcdClusterExtension cluster =
            EtcdClusterExtension.builder().withNodes(3).build();

    @Test
    void goesOnWithoutTheLeader() {
        EtcdMember leader = cluster.cluster().awaitLeader();
        leader.kill();
        cluster.cluster().awaitLeaderOtherThan(leader);
        PutRequest request =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("key")).build();
        var answer = KVGrpc.newBlockingStub(cluster.channel()).put(request);
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);

        leader.start();
        cluster.cluster().partition(leader); // from the two others
        cluster.cluster().heal();
    }
}
// end
