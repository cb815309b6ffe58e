package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.testing.Answer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole member whose apply thread is held up while its log goes on. */
@Timeout(120)
class ApplyGapTest {
    private static final long MAX_UNAPPLIED_ENTRIES = 5_000;
    private static final PutRequest PUT =
            PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("key")).build();

    private final List<Answer<Message>> answers = new ArrayList<>();

    @Test
    void requestsAreTurnedAwayUntilApplyingHasCaughtUp(@TempDir Path directory) throws Exception {
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(directory.resolve("default.etcd"))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(List.of(URI.create("http://127.0.0.1:0")))
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                // Makes the request timeout a long one.
                .electionTimeout(Duration.ofSeconds(20))
                .build();
        try (Etcd etcd = Etcd.start(config)) {
            MemberParts parts = etcd.parts();
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", etcd.clientUrls().get(0).getPort())
                    .usePlaintext()
                    .build();
            KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(channel);
            CountDownLatch release = new CountDownLatch(1);
            try {
                blockApplying(parts, release);
                fillTheGap(parts);
                assertThatThrownBy(() -> client.put(PUT)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
                    assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: too many requests");
                });

                release.countDown();
                await(() -> parts.appliedIndex().getAsLong() == parts.raft().committedIndex());
                // The empty store is at 1. The put that blocked, all that were taken, and this one, but none refused.
                assertThat(client.put(PUT).getHeader().getRevision()).isEqualTo(1 + 1 + answers.size() + 1);
                assertThat(answers)
                        .allSatisfy(answer -> assertThat(answer.result()).isNotNull());
            } finally {
                release.countDown();
                channel.shutdownNow();
            }
        }
    }

    /** Answers come on the apply thread, which a callback can therefore hold up. */
    private static void blockApplying(MemberParts parts, CountDownLatch release) throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        parts.proposer().propose(put(), new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void failed(EtcdException error) {
                throw new AssertionError(error);
            }
        });
        assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Proposes as many as may be, all of which are taken, and one more, which is the last to be taken. */
    private void fillTheGap(MemberParts parts) throws InterruptedException {
        long full = parts.appliedIndex().getAsLong() + MAX_UNAPPLIED_ENTRIES;
        for (long index = parts.raft().committedIndex(); index < full; index++) {
            propose(parts);
        }
        await(() -> parts.raft().committedIndex() == full);
        propose(parts);
        await(() -> parts.raft().committedIndex() == full + 1);
        assertThat(answers).noneMatch(Answer::isGiven);
    }

    private void propose(MemberParts parts) {
        Answer<Message> answer = new Answer<>();
        answers.add(answer);
        parts.proposer().propose(put(), answer);
    }

    private static InternalRaftRequest.Builder put() {
        return InternalRaftRequest.newBuilder().setPut(PUT);
    }

    /** Nobody is told of these indexes, so they are looked at again and again. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }
}
