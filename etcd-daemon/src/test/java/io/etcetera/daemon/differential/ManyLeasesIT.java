package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseStatus;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand leases: granted, listed, renewed on one stream, kept over a restart, and expired together. */
class ManyLeasesIT {
    private static final int LEASES = 100_000;
    private static final int IN_FLIGHT = 500;
    private static final int EXPIRING = 3_000;
    private static final long TTL_SECONDS = 10_000;
    private static final long TIMEOUT_SECONDS = 120;

    @Test
    void manyLeasesAreKept(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--unsafe-no-fsync")) {
            for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
                grant(client, LEASES, TTL_SECONDS);
                checkAllThere(client);
                renewAll(client);
            }
            servers.terminateAndRestart();
            for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
                checkAllThere(client);
                long left = client.lease()
                        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                                .setID(LEASES)
                                .build())
                        .getTTL();
                // Everybody gets the full time anew, and much more of it where leases would fall due together.
                assertThat(left).isGreaterThan(TTL_SECONDS - 60);
                renewAll(client);
            }
        }
    }

    @Test
    void manyLeasesExpire(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--unsafe-no-fsync")) {
            for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
                grant(client, EXPIRING, 2);
            }
            for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
                while (!leases(client).isEmpty()) {
                    assertThat(System.nanoTime())
                            .as("still there after %d s", TIMEOUT_SECONDS)
                            .isLessThan(deadline);
                    Thread.sleep(100);
                }
            }
        }
    }

    /** Sorted first: comparing in any order takes a time that grows with the square of their number. */
    private static void checkAllThere(GrpcClient client) {
        long[] ids =
                leases(client).stream().mapToLong(LeaseStatus::getID).sorted().toArray();
        assertThat(Arrays.equals(ids, LongStream.rangeClosed(1, LEASES).toArray()))
                .as("the IDs of all %d leases, of which %d are there", LEASES, ids.length)
                .isTrue();
    }

    private static List<LeaseStatus> leases(GrpcClient client) {
        return client.lease()
                .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                .getLeasesList();
    }

    /** Grants leases 1 to {@code count}, many at a time. */
    private static void grant(GrpcClient client, int count, long ttlSeconds) throws Exception {
        LeaseGrpc.LeaseStub lease = LeaseGrpc.newStub(client.channel());
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicInteger failures = new AtomicInteger();
        for (int id = 1; id <= count; id++) {
            assertThat(free.tryAcquire(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
            LeaseGrantRequest request =
                    LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build();
            lease.leaseGrant(request, new StreamObserver<>() {
                @Override
                public void onNext(LeaseGrantResponse granted) {}

                @Override
                public void onError(Throwable e) {
                    failures.incrementAndGet();
                    free.release();
                }

                @Override
                public void onCompleted() {
                    free.release();
                }
            });
        }
        assertThat(free.tryAcquire(IN_FLIGHT, TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .isTrue();
        assertThat(failures).hasValue(0);
    }

    /** Renews every lease on one stream: each answer, in the order of the requests, has the full time. */
    private static void renewAll(GrpcClient client) throws Exception {
        CompletableFuture<Integer> answers = new CompletableFuture<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(client.channel())
                .leaseKeepAlive(new StreamObserver<>() {
                    private int count;

                    @Override
                    public void onNext(LeaseKeepAliveResponse answer) {
                        count++;
                        if (answer.getID() != count || answer.getTTL() != TTL_SECONDS) {
                            answers.completeExceptionally(new AssertionError(count + ". answer: " + answer));
                        }
                    }

                    @Override
                    public void onError(Throwable e) {
                        answers.completeExceptionally(e);
                    }

                    @Override
                    public void onCompleted() {
                        answers.complete(count);
                    }
                });
        for (int id = 1; id <= LEASES; id++) {
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        }
        requests.onCompleted();
        assertThat(answers.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isEqualTo(LEASES);
    }
}
