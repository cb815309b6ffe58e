package io.etcetera.daemon.differential;

import static io.etcetera.daemon.differential.Contestants.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.proto.v3electionpb.ProclaimRequest;
import io.etcetera.proto.v3electionpb.ResignRequest;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.LockResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Lock and Election services, asked by raw stubs: both servers tell the contestants the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class LocksAndElectionsIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** Long enough to be seen in line before it is over. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final int CONTENDERS = 50;

    private interface Scenario {
        void play(Contestants contestants) throws InterruptedException;
    }

    private TwoServers servers;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        servers = TwoServers.start(directory);
    }

    @AfterAll
    void stop() {
        if (servers != null) {
            servers.close();
        }
    }

    private List<String> compare(Scenario scenario) throws InterruptedException {
        Contestants stock = new Contestants(servers.stock());
        Contestants ours = new Contestants(servers.ours());
        scenario.play(stock);
        scenario.play(ours);
        assertThat(ours.record).isNotEmpty().containsExactlyElementsOf(stock.record);
        return ours.record;
    }

    @Test
    void locksWithoutContention() throws Exception {
        compare(all -> {
            all.grant(0x11, 0x12);
            all.lock("", 0x11);
            all.lock("free", 0x11);
            all.lock("free", 0x11);
            all.lock("free", 0x999);
            all.lock("free", -1);
            all.lock("granted", 0);
            LockRequest tooLong = Contestants.lockRequest("x".repeat(1_600_000), 0x11);
            all.ask("lock with a long name", () -> all.locks().lock(tooLong));
            all.noteKeys("free");
            all.noteKeys("granted");
            all.unlock("free/11");
            all.unlock("free/11");
            all.unlock("");
            all.lock("free", 0x12);
        });
    }

    @Test
    void fiftyContendersEnterOnceAndInOrder() throws Exception {
        List<String> told = compare(all -> {
            List<Reply<LockRequest, LockResponse>> replies = new ArrayList<>();
            for (int i = 0; i < CONTENDERS; i++) {
                all.grant(0x100 + i);
                replies.add(all.queueForLock("many", 0x100 + i, i + 1));
            }
            for (int i = 0; i < CONTENDERS; i++) {
                all.note("contender " + i, replies.get(i).next());
                int others = i + 1;
                assertThat(replies.subList(others, CONTENDERS)).allMatch(Reply::isEmpty);
                all.unlock("many/" + Integer.toHexString(0x100 + i));
            }
        });
        assertThat(told).hasSize(2 * CONTENDERS).noneMatch(line -> line.contains("UNKNOWN"));
    }

    @Test
    void leasesThatEnd() throws Exception {
        compare(all -> {
            all.grant(0x21, 0x22, 0x23);
            all.lock("leases", 0x21);
            Reply<LockRequest, LockResponse> second = all.queueForLock("leases", 0x22, 2);
            Reply<LockRequest, LockResponse> third = all.queueForLock("leases", 0x23, 3);
            all.revoke(0x22);
            all.revoke(0x21);
            all.note("revoked while waiting", second.next());
            all.note("behind the holder whose lease ended", third.next());
            all.noteKeys("leases");
        });
    }

    @Test
    void whoGivesUpLeavesNoKey() throws Exception {
        compare(all -> {
            all.grant(0x31, 0x32, 0x33);
            all.lock("quit", 0x31);
            all.queueForLock("quit", 0x32, 2).cancel();
            all.awaitKeys("quit", 1);
            all.queueForLock("quit", 0x33, 2, SHORT);
            all.awaitKeys("quit", 1);
            all.noteKeys("quit");

            all.win("quitters", 0x31, "stays");
            all.queueForElection("quitters", 0x32, "goes", 2, LONG).cancel();
            all.awaitKeys("quitters", 1);
            all.queueForElection("quitters", 0x33, "is late", 2, SHORT);
            all.awaitKeys("quitters", 1);
            all.noteKeys("quitters");
        });
    }

    private static void proclaim(Contestants all, LeaderKey leader, String value) {
        ProclaimRequest request = ProclaimRequest.newBuilder()
                .setLeader(leader)
                .setValue(bytes(value))
                .build();
        all.ask("proclaim " + value, () -> all.elections().proclaim(request));
    }

    private static void resign(Contestants all, LeaderKey leader) {
        ResignRequest request = ResignRequest.newBuilder().setLeader(leader).build();
        all.ask("resign", () -> all.elections().resign(request));
    }

    @Test
    void oneElection() throws Exception {
        compare(all -> {
            all.grant(0x41, 0x42, 0x43);
            all.leader("one");
            LeaderKey first = all.win("one", 0x41, "a");
            Reply<LeaderRequest, LeaderResponse> observer = all.observe("one");
            all.note("observer", observer.next());
            all.win("one", 0x41, "a");
            all.win("one", 0x41, "b");
            all.note("observer", observer.next());
            all.leader("one");
            proclaim(all, first, "c");
            all.note("observer", observer.next());

            Reply<CampaignRequest, CampaignResponse> second = all.queueForElection("one", 0x42, "d", 2, LONG);
            Reply<CampaignRequest, CampaignResponse> third = all.queueForElection("one", 0x43, "e", 3, LONG);
            resign(all, first);
            all.note("second", second.next());
            all.note("observer", observer.next());
            resign(all, first);
            proclaim(all, first, "too late");
            all.revoke(0x43);
            all.revoke(0x42);
            all.note("third, whose lease had ended", third.next());
            all.leader("one");

            LeaderKey last = all.win("one", 0x41, "f");
            all.note("observer", observer.next());
            resign(all, last);
            observer.cancel();
        });
    }

    @Test
    void requestsThatMakeNoSense() throws Exception {
        compare(all -> {
            all.grant(0x51);
            all.ask("proclaim", () -> all.elections().proclaim(ProclaimRequest.getDefaultInstance()));
            all.ask("resign", () -> all.elections().resign(ResignRequest.getDefaultInstance()));
            proclaim(all, LeaderKey.getDefaultInstance(), "nobody");
            resign(all, LeaderKey.getDefaultInstance());
            all.ask(
                    "campaign",
                    () -> all.elections().campaign(Contestants.campaignRequest("nonsense", 0x999, "no lease")));
            LeaderKey leader = all.win("nonsense", 0x51, "one");
            LeaderKey stale = leader.toBuilder().setRev(leader.getRev() - 1).build();
            proclaim(all, stale, "two");
            resign(all, stale);
            proclaim(all, leader.toBuilder().setLease(0x999).build(), "three");
            proclaim(all, leader.toBuilder().setName(bytes("other")).build(), "four");
            proclaim(all, leader.toBuilder().setLease(0).build(), "five");
            all.noteKeys("nonsense");
        });
    }

    /** Of this server alone: a stock one leaves those who wait alone for seven seconds first. */
    @Test
    void stoppingEndsEveryWaitAndLeavesNoKey(@TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory)) {
            try (GrpcClient client = new GrpcClient(server)) {
                Contestants all = new Contestants(client);
                all.grant(0x61, 0x62, 0x63);
                all.lock("stop", 0x61);
                Reply<LockRequest, LockResponse> lock = all.queueForLock("stop", 0x62, 2);
                Reply<CampaignRequest, CampaignResponse> campaign = all.queueForElection("stop", 0x63, "v", 3, LONG);
                Reply<LeaderRequest, LeaderResponse> observer = all.observe("stop");
                assertThat(observer.next()).contains("stop/61");
                server.terminate();
                assertThat(List.of(lock.next(), campaign.next(), observer.next()))
                        .allMatch(end -> end.startsWith("UNAVAILABLE: "));
            }
            server.restart();
            try (GrpcClient client = new GrpcClient(server)) {
                Contestants all = new Contestants(client);
                all.noteKeys("stop");
                assertThat(all.record)
                        .singleElement()
                        .asString()
                        .contains("stop/61")
                        .contains("count: 1");
            }
        }
    }
}
