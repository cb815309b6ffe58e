package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots travel between stock etcd and this server in both directions, by the commands that operators know. */
class SnapshotIT {
    private static final String FILL = """
            for i in 1 2 3 4 5 6; do
              { echo; for j in $(seq 1 30); do echo "put k$i-$j value-$i-$j"; done; echo; echo; } | etcdctl txn >/dev/null
            done
            etcdctl compact 4 >/dev/null
            head -c 20000 /dev/zero | tr '\\0' x | etcdctl put big >/dev/null
            etcdctl del k1-1 >/dev/null
            etcdctl del k2-7 >/dev/null
            lease=$(etcdctl lease grant 3600 | cut -d' ' -f2)
            etcdctl put --lease=$lease leased value >/dev/null
            etcdctl put k3-3 again >/dev/null
            etcdctl role add reader >/dev/null
            etcdctl role grant-permission reader read k1 k2 >/dev/null
            etcdctl user add alice:secret >/dev/null
            etcdctl user grant-role alice reader >/dev/null
            """;

    @TempDir
    Path directory;

    private Path work;

    @BeforeEach
    void prepare() throws IOException {
        Tools.stock("etcdutl");
        work = Files.createDirectories(directory.resolve("work"));
    }

    private String sh(String endpoint, String script) throws IOException, InterruptedException {
        return new SnapshotShell(work).run(endpoint, script);
    }

    /** What must be the same on every leg of the journey. The first read waits until the member has all that others have taken. */
    private String content(ServerProcess server) throws IOException, InterruptedException {
        return sh(server.endpoint(), """
                etcdctl get any >/dev/null
                etcdctl endpoint hashkv | cut -d, -f2-
                etcdctl get --prefix '' --write-out=fields | grep -v ClusterID | grep -v MemberID | grep -v RaftTerm
                etcdctl user get alice
                etcdctl role get reader
                etcdctl lease list
                etcdctl lease timetolive $(etcdctl lease list | tail -1) --keys | sed 's/remaining([0-9]*s)/remaining/'
                """);
    }

    @Test
    void aStoreTravelsThereAndBack() throws Exception {
        String before;
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), directory.resolve("stock"))) {
            assertThat(sh(stock.endpoint(), FILL)).isEmpty();
            before = content(stock);
            sh(stock.endpoint(), "etcdctl snapshot save stock.db");
        }
        for (String form : List.of("simple", "table", "json", "fields", "protobuf")) {
            assertSame("snapshot status stock.db -w " + form);
            assertSame("hashkv stock.db -w " + form);
        }
        assertSame("hashkv stock.db --rev 5");
        assertSame("hashkv stock.db --rev 2");
        assertSame("hashkv stock.db --rev 1000");

        String restored = sh("", "$ours snapshot restore stock.db --data-dir ../ours/data");
        assertThat(restored).contains("restored snapshot").doesNotContain("exit status");
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory.resolve("ours"))) {
            assertThat(content(ours)).isEqualTo(before);
            sh(ours.endpoint(), "etcdctl put after restore; etcdctl alarm list");
            before = content(ours);
            assertThat(sh(ours.endpoint(), "etcdctl snapshot save ours.db")).contains("Server version 3.7.0");
        }
        assertSame("snapshot status ours.db");
        assertSame("hashkv ours.db");
        assertThat(sh("", "$ours hashkv ../ours/data/member/snap/store.mdb")).isEqualTo(onCopy("hashkv ours.db"));
        assertThat(sh("", "$ours defrag --data-dir ../ours/data")).doesNotContain("exit status");

        assertThat(sh("", "$stock snapshot restore ours.db --data-dir ../back/data"))
                .contains("restored snapshot");
        try (ServerProcess back = ServerProcess.start(Tools.stock("etcd"), directory.resolve("back"))) {
            assertThat(content(back)).isEqualTo(before);
        }
    }

    private void assertSame(String arguments) throws IOException, InterruptedException {
        assertThat(sh("", "$ours " + arguments)).as(arguments).isEqualTo(onCopy(arguments));
    }

    /** What stock etcdutl says; it writes to files that it is to look at, and spoils their checksums. */
    private String onCopy(String arguments) throws IOException, InterruptedException {
        return sh("", "rm -rf copy; mkdir copy; cp *.db copy; cd copy; $stock " + arguments);
    }

    @EachGoRelease
    void whatAnyReleaseSavesIsRestored(String release) throws Exception {
        String before;
        try (ServerProcess stock = ServerProcess.start(Tools.stockServer(release), directory.resolve("stock"))) {
            assertThat(sh(stock.endpoint(), FILL)).isEmpty();
            before = withoutHashRevision(content(stock));
            sh(stock.endpoint(), "etcdctl snapshot save stock.db");
        }
        assertSame("snapshot status stock.db");
        assertSame("hashkv stock.db");
        assertThat(sh("", "$ours snapshot restore stock.db --data-dir ../ours/data"))
                .contains("restored snapshot");
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory.resolve("ours"))) {
            assertThat(withoutHashRevision(content(ours))).isEqualTo(before);
        }
    }

    /** The first line of a content without what etcd up to 3.5 does not say. */
    private static String withoutHashRevision(String content) {
        return content.replaceFirst(", \\d+\n", "\n");
    }

    @Test
    void aClusterIsRestoredMemberByMember() throws Exception {
        try (ServerProcess old = ServerProcess.start(Tools.ourEtcd(), directory.resolve("old"))) {
            sh(old.endpoint(), FILL + "etcdctl snapshot save cluster.db");
        }
        List<Integer> ports = new ArrayList<>();
        List<String> urls = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            ports.add(ServerProcess.freePort());
            urls.add("m" + i + "=http://127.0.0.1:" + ports.get(i - 1));
        }
        String cluster = String.join(",", urls);
        List<ServerProcess> members = new ArrayList<>();
        try {
            for (int i = 1; i <= 3; i++) {
                String url = "http://127.0.0.1:" + ports.get(i - 1);
                String output = sh(
                        "",
                        "$ours snapshot restore cluster.db --name m" + i + " --data-dir ../m" + i
                                + "/data --initial-cluster " + cluster + " --initial-cluster-token new"
                                + " --initial-advertise-peer-urls " + url
                                + " --bump-revision 1000 --mark-compacted");
                assertThat(output).contains("restored snapshot");
                members.add(ServerProcess.launchOnly(
                        Tools.ourEtcd(),
                        directory.resolve("m" + i),
                        "--name=m" + i,
                        "--listen-peer-urls=" + url,
                        "--initial-advertise-peer-urls=" + url));
            }
            for (ServerProcess member : members) {
                member.awaitReady();
            }
            List<String> contents = new ArrayList<>();
            sh(members.get(0).endpoint(), "etcdctl put after restore");
            for (ServerProcess member : members) {
                contents.add(content(member));
                assertThat(sh(member.endpoint(), "etcdctl member list | cut -d, -f2-4"))
                        .contains("started, m1, " + urls.get(0).substring(3))
                        .contains("started, m3, " + urls.get(2).substring(3));
            }
            assertThat(contents.get(0)).contains("\"Revision\" : 10").contains("\"Key\" : \"after\"");
            assertThat(contents).allMatch(contents.get(0)::equals);
            joinsLater(members, cluster);
        } finally {
            members.forEach(ServerProcess::close);
        }
    }

    /** A member that joins has to get the restored store: the log alone does not hold it. */
    private void joinsLater(List<ServerProcess> members, String cluster) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + ServerProcess.freePort();
        // A member is only added once the others have been connected for five seconds.
        String added = sh(
                members.get(0).endpoint(),
                "until etcdctl member add m4 --peer-urls=" + url
                        + " 2>error; do grep -q unhealthy error || exit 1; sleep 0.2; done");
        assertThat(added).contains("added to cluster");
        try (ServerProcess joined = ServerProcess.start(
                Tools.ourEtcd(),
                directory.resolve("m4"),
                "--name=m4",
                "--listen-peer-urls=" + url,
                "--initial-advertise-peer-urls=" + url,
                "--initial-cluster=" + cluster + ",m4=" + url,
                "--initial-cluster-state=existing")) {
            assertThat(content(joined)).isEqualTo(content(members.get(0)));
        }
    }

    @Test
    void whatIsNoSnapshotIsRefusedAndNothingIsLeft() throws Exception {
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory.resolve("ours"))) {
            sh(server.endpoint(), FILL + "etcdctl snapshot save good.db");
        }
        byte[] good = Files.readAllBytes(work.resolve("good.db"));
        Files.write(work.resolve("short.db"), Arrays.copyOf(good, good.length / 2));
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        Files.write(work.resolve("flipped.db"), flipped);
        Files.writeString(work.resolve("foreign.db"), "no snapshot\n".repeat(5000));
        Files.createDirectories(work.resolve("taken/member"));

        assertRefused("snapshot status short.db", "short.db is damaged or ends early");
        assertRefused("snapshot status foreign.db", "foreign.db is no bbolt file");
        assertRefused("snapshot status none.db", "stat none.db: no such file or directory");
        assertRefused("hashkv foreign.db", "foreign.db is no bbolt file");
        assertRefused("snapshot restore short.db --data-dir new", "snapshot missing hash but --skip-hash-check=false");
        assertRefused(
                "snapshot restore short.db --skip-hash-check --data-dir new", "short.db is damaged or ends early");
        assertRefused("snapshot restore flipped.db --data-dir new", "expected sha256 [");
        assertRefused("snapshot restore foreign.db --skip-hash-check --data-dir new", "foreign.db is no bbolt file");
        assertRefused("snapshot restore none.db --data-dir new", "open none.db: no such file or directory");
        assertRefused("snapshot restore good.db --data-dir taken", "data-dir \"taken\" not empty");
        assertRefused("snapshot restore good.db --data-dir new --wal-dir taken", "wal-dir \"taken\" exists");
        assertRefused("defrag --data-dir new", "no such file or directory");
        assertThat(work.resolve("new")).doesNotExist();
        assertThat(work.resolve("taken/member")).isEmptyDirectory();
    }

    private void assertRefused(String arguments, String message) throws IOException, InterruptedException {
        assertThat(sh("", "$ours " + arguments)).as(arguments).contains(message).endsWith("exit status 1\n");
    }
}
