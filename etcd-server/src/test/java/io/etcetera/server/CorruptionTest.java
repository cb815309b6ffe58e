package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.TestCluster;
import io.etcetera.server.testing.cluster.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose store has been tampered with. */
@Timeout(300)
class CorruptionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    /** Gives the value written at a revision another last byte. */
    private static void tamper(TestMember member, long revision) throws Exception {
        Path file = member.directory().resolve("member/snap/store.mdb");
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT)) {
            byte[] key = RevisionKey.of(revision, 0);
            KeyValue changed = KeyValue.parseFrom(backend.get(Bucket.KEY, key)).toBuilder()
                    .setValue(ByteString.copyFromUtf8("valuf"))
                    .build();
            backend.beginEntry();
            backend.put(Bucket.KEY, key, changed.toByteArray());
            backend.endEntry();
            backend.commit().toCompletableFuture().get();
        }
    }

    private static List<AlarmMember> alarms(TestMember member) {
        return member.client()
                .maintenance()
                .alarm(AlarmRequest.getDefaultInstance())
                .getAlarmsList();
    }

    @Test
    void isNamedByTheLeaderAndKeptFromStarting() throws Exception {
        ConsistencyChecks checks = new ConsistencyChecks(false, Optional.of(Duration.ofMillis(200)), Optional.empty());
        ConsistencyChecks atStart = new ConsistencyChecks(true, Optional.empty(), Optional.empty());
        boolean[] starts = {false};
        try (TestCluster cluster = TestCluster.of(3)
                // Long enough for a busy machine to keep its leader, which is the one that accuses others.
                .with(builder ->
                        builder.electionTimeout(Duration.ofSeconds(2)).consistencyChecks(starts[0] ? atStart : checks))
                .in(directory)
                .start()) {
            TestMember wrong = cluster.member(2);
            long revision = cluster.member(0).client().put("key", "value");
            cluster.member(0).client().put("key", "again");
            Await.until(
                    "all members to have it",
                    PATIENCE,
                    () -> wrong.client().getSerializable("key").isPresent());
            long id = wrong.client().status().orElseThrow().getHeader().getMemberId();
            wrong.stop();
            tamper(wrong, revision);
            starts[0] = true;
            wrong.start();
            assertThatThrownBy(wrong::awaitStarted)
                    .hasStackTraceContaining(Long.toHexString(id) + " found data inconsistency with peers");
            starts[0] = false;
            wrong.kill();
            wrong.start();
            wrong.awaitStarted();
            TestMember asked = cluster.member(0);
            AlarmMember alarm = AlarmMember.newBuilder()
                    .setMemberID(id)
                    .setAlarm(AlarmType.CORRUPT)
                    .build();
            Await.until("the alarm", PATIENCE, () -> alarms(asked).equals(List.of(alarm)));
            assertThatThrownBy(() -> asked.client().put("key", "more"))
                    .hasMessageContaining("DATA_LOSS: etcdserver: corrupt cluster");
            assertThat(asked.client().get("key")).contains("again");
            StatusResponse status = asked.client().status().orElseThrow();
            assertThat(status.getErrorsList())
                    .containsExactly("memberID:" + Long.toUnsignedString(id) + " alarm:CORRUPT");
        }
    }
}
