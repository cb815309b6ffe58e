package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.testing.LeftThreads;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EtcdTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    @TempDir
    private Path directory;

    private EtcdConfig.Builder config() {
        return EtcdConfig.builder()
                .dataDir(directory.resolve("default.etcd"))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(List.of(URI.create("http://127.0.0.1:0")))
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")));
    }

    private static Message propose(Etcd etcd, InternalRaftRequest.Builder request) throws EtcdException {
        CompletableFuture<Message> answer = new CompletableFuture<>();
        etcd.parts().proposer().propose(request, callback(answer));
        return await(answer);
    }

    private static <T> ResultCallback<T> callback(CompletableFuture<T> answer) {
        return new ResultCallback<>() {
            @Override
            public void completed(T result) {
                answer.complete(result);
            }

            @Override
            public void failed(EtcdException error) {
                answer.completeExceptionally(error);
            }
        };
    }

    private static <T> T await(CompletableFuture<T> answer) throws EtcdException {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EtcdException error) {
                throw error;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static long put(Etcd etcd, String value, long lease) throws EtcdException {
        Message response = propose(
                etcd,
                InternalRaftRequest.newBuilder()
                        .setPut(PutRequest.newBuilder()
                                .setKey(KEY)
                                .setValue(ByteString.copyFromUtf8(value))
                                .setLease(lease)));
        return ((PutResponse) response).getHeader().getRevision();
    }

    private static RangeOutcome read(Etcd etcd) throws EtcdException {
        CompletableFuture<String> barrier = new CompletableFuture<>();
        etcd.parts().reads().await("", callback(barrier));
        await(barrier);
        return RangeEvaluator.evaluate(
                etcd.parts().store()::range,
                RangeRequest.newBuilder().setKey(KEY).build());
    }

    private static String value(Etcd etcd) throws EtcdException {
        return read(etcd).kvs().get(0).decode().getValue().toStringUtf8();
    }

    @Test
    void keepsWhatItWasToldAcrossRestarts() throws Exception {
        long leaseId;
        try (Etcd etcd = Etcd.start(config().build())) {
            assertThat(Long.toHexString(etcd.memberId())).isEqualTo("8e9e05c52164694d");
            assertThat(Long.toHexString(etcd.clusterId())).isEqualTo("cdf818194e3a8c32");
            assertThat(put(etcd, "one", 0)).isEqualTo(2);
            leaseId = grant(etcd, 3600).getID();
            assertThat(put(etcd, "two", leaseId)).isEqualTo(3);
            TxnResponse txn = (TxnResponse) propose(etcd, valueIs("two", "three"));
            assertThat(txn.getSucceeded()).isTrue();
            propose(etcd, alarm(AlarmRequest.AlarmAction.ACTIVATE));
            assertThat(value(etcd)).isEqualTo("three");
        }
        EtcdConfig otherFlags =
                config().name("renamed").initialCluster("no=such://cluster").build();
        try (Etcd etcd = Etcd.start(otherFlags)) {
            assertThat(Long.toHexString(etcd.memberId())).isEqualTo("8e9e05c52164694d");
            assertThat(value(etcd)).isEqualTo("three");
            assertThat(read(etcd).revision()).isEqualTo(4);
            assertThat(read(etcd).kvs().get(0).decode().getLease()).isZero();
            assertThat(etcd.parts().leases().leaseIds()).containsExactly(leaseId);
            assertThat(etcd.parts().alarms().active()).hasSize(1);
            propose(etcd, alarm(AlarmRequest.AlarmAction.DEACTIVATE));
            assertThat(put(etcd, "four", 0)).isEqualTo(5);

            Member member = etcd.parts().membership().members().get(0);
            assertThat(member.getName()).isEqualTo("renamed");
            assertThat(member.getPeerURLsList()).containsExactly("http://localhost:2380");
            assertThat(member.getClientURLsList())
                    .containsExactly(
                            "http://127.0.0.1:" + etcd.clientUrls().get(0).getPort());
        }
    }

    private static InternalRaftRequest.Builder valueIs(String expected, String then) {
        return InternalRaftRequest.newBuilder()
                .setTxn(TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder()
                                .setKey(KEY)
                                .setTarget(Compare.CompareTarget.VALUE)
                                .setValue(ByteString.copyFromUtf8(expected)))
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(
                                        PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFromUtf8(then)))));
    }

    private static InternalRaftRequest.Builder alarm(AlarmRequest.AlarmAction action) {
        return InternalRaftRequest.newBuilder()
                .setAlarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setAlarm(AlarmType.NOSPACE)
                        .setMemberID(9));
    }

    @Test
    void expiredLeasesTakeTheirKeysAlong() throws Exception {
        EtcdConfig fast = config().heartbeatInterval(Duration.ofMillis(10))
                .electionTimeout(Duration.ofMillis(100))
                .build();
        try (Etcd etcd = Etcd.start(fast)) {
            assertThat(grant(etcd, 1).getTTL()).isEqualTo(1);
            // Longer than it takes to write two entries to a disk that is busy.
            long lease = grant(etcd, 5).getID();
            put(etcd, "short-lived", lease);
            CompletableFuture<Long> renewed = new CompletableFuture<>();
            etcd.parts().leases().renew(lease, callback(renewed));
            assertThat(await(renewed)).isEqualTo(5);
            while (!read(etcd).kvs().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(read(etcd).revision()).isEqualTo(3);
        }
    }

    private static LeaseGrantResponse grant(Etcd etcd, long ttlSeconds) throws EtcdException {
        return (LeaseGrantResponse) propose(
                etcd,
                InternalRaftRequest.newBuilder()
                        .setLeaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttlSeconds)));
    }

    @Test
    void aDataDirectoryHasOneOwner() throws Exception {
        try (Etcd etcd = Etcd.start(config().build())) {
            assertThat(etcd.clientUrls()).hasSize(1);
            assertThatThrownBy(() -> Etcd.start(config().build()))
                    .isInstanceOf(EtcdStartException.class)
                    .hasMessageContaining("is in use by another member");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("default.etcd"))))
                .isEqualTo("rwx------");
    }

    @Test
    void aStoreOfTheGoServerWithoutALogIsNotTouched() throws IOException {
        Path member = directory.resolve("default.etcd/member");
        Files.createDirectories(member.resolve("snap"));
        Files.createFile(member.resolve("snap/db"));
        assertThatThrownBy(() -> Etcd.start(config().build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("there is a store of a Go etcd, " + member.resolve("snap/db") + ", but no log");
        try (Stream<Path> files = Files.list(member)) {
            assertThat(files).containsExactly(member.resolve("snap"));
        }
    }

    @Test
    void anEmptyLogOfTheGoServerIsRefused() throws IOException {
        Path wal = directory.resolve("default.etcd/member/wal");
        Files.createDirectories(wal);
        Files.createFile(wal.resolve("0000000000000000-0000000000000000.wal"));
        assertThatThrownBy(() -> Etcd.start(config().build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("the log in " + wal + " does not say whose it is");
    }

    @Test
    void aDirectoryThatLostAPartIsRefused() throws Exception {
        Etcd.start(config().build()).close();
        Path member = directory.resolve("default.etcd/member");
        Path away = directory.resolve("away");

        Files.move(member.resolve("identity"), away);
        assertThatThrownBy(() -> Etcd.start(config().build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("no file " + member.resolve("identity"));
        Files.move(away, member.resolve("identity"));

        Files.move(member.resolve("snap/store.mdb"), away);
        assertThatThrownBy(() -> Etcd.start(config().build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("store.mdb is missing");
        Files.move(away, member.resolve("snap/store.mdb"));
        Etcd.start(config().build()).close();

        Files.writeString(member.resolve("identity"), "{\"format\":1,\"memberId\":\"1\",\"clusterId\":\"2\"}");
        assertThatThrownBy(() -> Etcd.start(config().build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("its store does not list that member");
    }

    @Test
    void aFailedStartLeavesNothingBehind() throws Exception {
        LeftThreads left = LeftThreads.sinceNow();
        EtcdConfig good = config().build();
        EtcdConfig noSuchAddress = config().listenClientUrls(List.of(URI.create("http://192.0.2.1:1")))
                .build();
        assertThatThrownBy(() -> Etcd.start(noSuchAddress))
                .isInstanceOf(EtcdStartException.class)
                .hasMessageContaining("192.0.2.1");
        assertThatThrownBy(
                        () -> Etcd.start(config().autoCompactionRetention("foo").build()))
                .isInstanceOf(EtcdStartException.class)
                .hasMessage("error parsing CompactionRetention: time: invalid duration \"foo\"");
        assertThat(left.awaitNone()).isEmpty();
        Etcd.start(good).close();
    }

    @Test
    void callsThatWaitGetAnErrorWhenTheMemberCloses() throws Exception {
        MemberParts parts;
        try (Etcd etcd = Etcd.start(config().build())) {
            parts = etcd.parts();
        }
        CompletableFuture<Message> answer = new CompletableFuture<>();
        parts.proposer()
                .propose(
                        InternalRaftRequest.newBuilder()
                                .setPut(PutRequest.newBuilder().setKey(KEY)),
                        callback(answer));
        assertThatThrownBy(() -> await(answer))
                .isInstanceOf(EtcdException.class)
                .hasMessage(EtcdError.STOPPED.text());
    }
}
