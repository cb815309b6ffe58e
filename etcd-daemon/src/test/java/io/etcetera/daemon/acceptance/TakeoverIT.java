package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.ClusterProcesses;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of a stock etcd that go on as members of this server. */
class TakeoverIT {
    private static final String CHEAP_PASSWORDS = "--bcrypt-cost=4";
    private static final String WAL = "wal/0000000000000000-0000000000000000.wal";

    @TempDir
    Path directory;

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static void put(GrpcClient client, String key, long lease) {
        var unused = client.kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes(key))
                        .setValue(bytes("value of " + key))
                        .setLease(lease)
                        .build());
    }

    /**
     * The member that was killed may have led: until there is another leader, calls may go without an answer.
     *
     * @return how often it was tried
     */
    private static int putAtLast(GrpcClient client, String key) {
        for (int left = 10; ; left--) {
            try {
                put(client, key, 0);
                return 11 - left;
            } catch (StatusRuntimeException e) {
                if (left == 0 || e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    /** Puts, deletes, a transaction, leases and a compaction; several snapshots of the log come and go on the way. */
    private static void fill(ServerProcess server) throws Exception {
        try (GrpcClient client = new GrpcClient(server)) {
            for (long lease : new long[] {MemberContent.LEASE, MemberContent.LEASE + 1}) {
                var unusedGrant = client.lease()
                        .leaseGrant(LeaseGrantRequest.newBuilder()
                                .setID(lease)
                                .setTTL(6000)
                                .build());
            }
            for (int i = 0; i < 100; i++) {
                put(client, "key" + i, i % 10 == 0 ? MemberContent.LEASE : 0);
                if (i % 7 == 0) {
                    var unusedDeletion = client.kv()
                            .deleteRange(DeleteRangeRequest.newBuilder()
                                    .setKey(bytes("key" + i / 2))
                                    .build());
                }
            }
            var unusedCompaction = client.kv()
                    .compact(CompactionRequest.newBuilder().setRevision(50).build());
            var unusedTxn = client.kv()
                    .txn(TxnRequest.newBuilder()
                            .addCompare(
                                    Compare.newBuilder().setKey(bytes("none")).setVersion(0))
                            .addSuccess(RequestOp.newBuilder()
                                    .setRequestPut(PutRequest.newBuilder().setKey(bytes("txn"))))
                            .build());
            put(client, "last", 0);
        }
    }

    private static Map<String, Long> files(Path below) throws IOException {
        try (Stream<Path> all = Files.walk(below)) {
            Map<String, Long> sizes = new TreeMap<>();
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                sizes.put(below.relativize(file).toString(), Files.size(file));
            }
            return sizes;
        }
    }

    private static List<Path> kept(ServerProcess server) throws IOException {
        try (Stream<Path> all = Files.list(server.dataDir())) {
            return all.filter(file -> file.getFileName().toString().startsWith("member.go-etcd-"))
                    .toList();
        }
    }

    @EachGoRelease
    void aMemberThatWasKilledGoesOn(String release) throws Exception {
        MemberContent before;
        Map<String, Long> filesBefore;
        try (ServerProcess stock = ServerProcess.start(Tools.stockServer(release), directory, "--snapshot-count=20")) {
            fill(stock);
            before = MemberContent.of(stock);
            stock.kill();
            filesBefore = files(stock.dataDir().resolve("member"));
        }
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory)) {
            assertThat(ours.log()).contains("taking it over").contains("took over the data directory of a Go etcd");
            assertThat(MemberContent.of(ours)).isEqualTo(before);
            assertThat(kept(ours))
                    .singleElement()
                    .satisfies(kept -> assertThat(files(kept)).isEqualTo(filesBefore));
            try (GrpcClient client = new GrpcClient(ours)) {
                put(client, "more", MemberContent.LEASE);
            }
            MemberContent later = MemberContent.of(ours);
            assertThat(later.revision()).isEqualTo(before.revision() + 1);
            assertThat(later.leased()).contains(bytes("more"));
            ours.kill();
            ours.restart();
            assertThat(MemberContent.of(ours)).isEqualTo(later);
            assertThat(ours.log()).doesNotContain("taking it over");
        }
    }

    /** Users, roles, and that it is asked who somebody is. */
    @EachGoRelease
    void usersLogInAsBefore(String release) throws Exception {
        try (ServerProcess stock = ServerProcess.start(Tools.stockServer(release), directory, CHEAP_PASSWORDS);
                GrpcClient client = new GrpcClient(stock)) {
            addUsers(AuthGrpc.newBlockingStub(client.channel()));
            checkUsers(client, "secret");
            stock.kill();
        }
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory, CHEAP_PASSWORDS);
                GrpcClient client = new GrpcClient(ours)) {
            assertThat(ours.log()).contains("took over the data directory of a Go etcd");
            checkUsers(client, "secret");
            var unused = AuthGrpc.newBlockingStub(as(client, "root", "secret"))
                    .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                            .setName("alice")
                            .setPassword("changed")
                            .build());
            checkUsers(client, "changed");
            refused("authentication failed", () -> as(client, "alice", "secret"));
        }
    }

    private static void addUsers(AuthGrpc.AuthBlockingStub auth) {
        for (String name : new String[] {"root", "alice"}) {
            var unusedUser = auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(name)
                    .setPassword("secret")
                    .build());
            var unusedRole =
                    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
            var unusedGrant = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(name)
                    .setRole(name)
                    .build());
        }
        var unusedPermission = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName("alice")
                .setPerm(Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(bytes("k"))
                        .setRangeEnd(bytes("l")))
                .build());
        var unusedEnable = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    private static Channel as(GrpcClient client, String name, String password) {
        String token = AuthGrpc.newBlockingStub(client.channel())
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build())
                .getToken();
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        return ClientInterceptors.intercept(client.channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static void checkUsers(GrpcClient client, String passwordOfAlice) {
        KVGrpc.KVBlockingStub alice = KVGrpc.newBlockingStub(as(client, "alice", passwordOfAlice));
        var unused = alice.put(PutRequest.newBuilder().setKey(bytes("key")).build());
        refused(
                "permission denied",
                () -> alice.put(PutRequest.newBuilder().setKey(bytes("z")).build()));
        refused(
                "user name is empty",
                () -> client.kv()
                        .put(PutRequest.newBuilder().setKey(bytes("key")).build()));
        refused("authentication failed", () -> as(client, "alice", "wrong"));
        assertThat(AuthGrpc.newBlockingStub(as(client, "root", "secret"))
                        .userList(AuthUserListRequest.getDefaultInstance())
                        .getUsersList())
                .containsExactly("alice", "root");
    }

    private static void refused(String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(StatusRuntimeException.class).hasMessageContaining(text);
    }

    @Test
    void aLogElsewhereStaysThere() throws Exception {
        String elsewhere = "--wal-dir=" + directory.resolve("log-files");
        MemberContent before;
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), directory, elsewhere)) {
            fill(stock);
            before = MemberContent.of(stock);
            stock.terminate();
        }
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory, elsewhere)) {
            assertThat(MemberContent.of(ours)).isEqualTo(before);
            assertThat(directory.resolve("log-files/hardstate")).exists();
        }
    }

    /** One member has been down for a while, and all others are killed: their logs end where they like. */
    @EachGoRelease
    void aClusterGoesOn(String release) throws Exception {
        List<Integer> peerPorts = ClusterProcesses.freePorts(3);
        MemberContent before;
        try (ClusterProcesses stock = ClusterProcesses.start(Tools.stockServer(release), directory, peerPorts)) {
            fill(stock.member(0));
            stock.member(2).kill();
            try (GrpcClient client = new GrpcClient(stock.member(1))) {
                for (int i = 0; i < 50; i++) {
                    int unused = putAtLast(client, "without the third " + i);
                }
            }
            before = MemberContent.of(stock.member(0));
        }
        try (ClusterProcesses ours = ClusterProcesses.start(Tools.ourEtcd(), directory, peerPorts)) {
            int puts = 0;
            for (ServerProcess member : ours.members()) {
                try (GrpcClient client = new GrpcClient(member)) {
                    puts += putAtLast(client, "key");
                }
            }
            MemberContent after = MemberContent.of(ours.member(0));
            // One without an answer may have been taken, or not.
            assertThat(after.revision()).isBetween(before.revision() + 3, before.revision() + puts);
            assertThat(after.members()).isEqualTo(before.members());
            assertThat(after.clusterId()).isEqualTo(before.clusterId());
            for (ServerProcess member : ours.members()) {
                try (GrpcClient client = new GrpcClient(member)) {
                    HashKVResponse hash = client.maintenance()
                            .hashKV(HashKVRequest.newBuilder()
                                    .setRevision(before.revision())
                                    .build());
                    assertThat(hash.getHash()).isEqualTo(before.hash());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {WAL, "snap/db"})
    void whatIsDamagedIsRefusedAndLeftAlone(String damaged) throws Exception {
        Path member;
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), directory)) {
            fill(stock);
            stock.terminate();
            member = stock.dataDir().resolve("member");
        }
        Path file = member.resolve(damaged);
        if (damaged.equals(WAL)) {
            overwrite(file, "value of key1", "garbage");
        } else {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                var unused = channel.truncate(8192);
            }
        }
        Map<String, Long> before = files(member);
        try (ServerProcess ours = ServerProcess.launchOnly(Tools.ourEtcd(), directory)) {
            assertThat(ours.awaitExit(120)).isEqualTo(1);
            assertThat(ours.log()).contains("discovery failed").contains(file.toString());
            if (damaged.equals(WAL)) {
                assertThat(ours.log()).contains("is damaged at offset");
            }
            assertThat(files(member)).isEqualTo(before);
            assertThat(kept(ours)).isEmpty();
        }
    }

    /** Damages what a record holds: anywhere else, it might look like a record that was not written to its end. */
    private static void overwrite(Path file, String content, String text) throws IOException {
        int offset = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(content);
        assertThat(offset).isPositive();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var unused = channel.write(bytes(text).asReadOnlyByteBuffer(), offset);
        }
    }
}
