package io.etcetera.daemon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.ProcessCluster;
import io.etcetera.daemon.testing.ProcessNode;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A leader that sleeps while others go on, and wakes up with questions waiting: it still takes itself for the leader then. */
class PausedLeaderIT {
    private static final String KEY = "k";
    private static final int QUESTIONS = 50;

    /** With the members' logs, which tell why a run has failed. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @Timeout(600)
    void whoWasLeaderOnceAnswersNothingStale() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.start(Tools.ourEtcd(), 3, directory)) {
            for (int round = 0; round < 3; round++) {
                sleepAndWakeUp(cluster, "old" + round, "new" + round);
            }
        }
    }

    private static void sleepAndWakeUp(ProcessCluster cluster, String before, String after) throws Exception {
        Node leader = write(cluster, cluster.nodes(), before);
        ProcessNode process = cluster.processes().stream()
                .filter(node -> node.name().equals(leader.name()))
                .findFirst()
                .orElseThrow();
        process.pause();
        try {
            write(cluster, cluster.others(leader), after);
            List<ListenableFuture<RangeResponse>> answers = ask(leader);
            process.resume();
            for (ListenableFuture<RangeResponse> answer : answers) {
                assertThat(valueOrError(answer)).isIn(after, "error");
            }
        } finally {
            process.resume();
        }
        cluster.awaitServing();
        assertThat(read(leader)).contains(after);
    }

    /** Writes through the leader among some, which it returns; again if that has lost its office meanwhile. */
    private static Node write(ProcessCluster cluster, List<Node> side, String value) {
        return Await.value("a leader that writes " + value, Cluster.PATIENCE, () -> {
            Node leader = cluster.awaitLeaderAmong(side);
            return unlessUnavailable(() -> leader.client().put(KEY, value)).map(revision -> leader);
        });
    }

    private static Optional<String> read(Node node) {
        return Await.value(
                node + " to answer",
                Cluster.PATIENCE,
                () -> unlessUnavailable(() -> node.client().get(KEY)));
    }

    /** The answer, if the cluster is not between two leaders. */
    private static <T> Optional<T> unlessUnavailable(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
            return Optional.empty();
        }
    }

    /** Questions that lie in its socket when it wakes up. */
    private static List<ListenableFuture<RangeResponse>> ask(Node leader) {
        List<ListenableFuture<RangeResponse>> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            answers.add(KVGrpc.newFutureStub(leader.client().channel())
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(KEY))
                            .build()));
        }
        return answers;
    }

    private static String valueOrError(ListenableFuture<RangeResponse> answer) throws InterruptedException {
        try {
            return answer.get().getKvs(0).getValue().toStringUtf8();
        } catch (ExecutionException e) {
            assertThat(Status.fromThrowable(e).getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
            return "error";
        }
    }
}
