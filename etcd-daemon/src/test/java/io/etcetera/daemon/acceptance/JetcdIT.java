package io.etcetera.daemon.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client jetcd, beside our own generated classes on one class path. */
class JetcdIT {

    @TempDir
    Path directory;

    private ServerProcess server;
    private Client client;

    @BeforeEach
    void connect() throws Exception {
        server = ServerProcess.start(Tools.ourEtcd(), directory.resolve("server"));
        client = Client.builder().endpoints("http://" + server.endpoint()).build();
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void putsGetsAndDeletes() throws Exception {
        var kv = client.getKVClient();
        kv.put(bytes("k"), bytes("v1")).get();
        long revision = kv.put(bytes("k"), bytes("v2")).get().getHeader().getRevision();
        assertThat(revision).isEqualTo(3);

        KeyValue found = kv.get(bytes("k")).get().getKvs().get(0);
        assertThat(found.getValue()).isEqualTo(bytes("v2"));
        assertThat(found.getVersion()).isEqualTo(2);

        GetOption old = GetOption.builder().withRevision(2).build();
        assertThat(kv.get(bytes("k"), old).get().getKvs().get(0).getValue()).isEqualTo(bytes("v1"));
        assertThat(kv.delete(bytes("k")).get().getDeleted()).isEqualTo(1);
        assertThat(kv.get(bytes("k")).get().getKvs()).isEmpty();
    }

    @Test
    void comparesAndSwaps() throws Exception {
        var kv = client.getKVClient();
        Cmp absent = new Cmp(bytes("lock"), Cmp.Op.EQUAL, CmpTarget.createRevision(0));
        Op take = Op.put(bytes("lock"), bytes("me"), PutOption.DEFAULT);
        Op look = Op.get(bytes("lock"), GetOption.DEFAULT);
        TxnResponse first = kv.txn().If(absent).Then(take).Else(look).commit().get();
        TxnResponse second = kv.txn().If(absent).Then(take).Else(look).commit().get();
        assertThat(first.isSucceeded()).isTrue();
        assertThat(second.isSucceeded()).isFalse();
        assertThat(second.getGetResponses().get(0).getKvs().get(0).getValue()).isEqualTo(bytes("me"));
    }

    @Test
    void watchesFromThePast() throws Exception {
        var kv = client.getKVClient();
        kv.put(bytes("w/1"), bytes("a")).get();
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(1)
                .withPrevKV(true)
                .build();
        try (Watch.Watcher watcher =
                client.getWatchClient().watch(bytes("w/"), option, response -> events.addAll(response.getEvents()))) {
            kv.put(bytes("w/2"), bytes("b")).get();
            kv.delete(bytes("w/1")).get();
            assertThat(next(events).getKeyValue().getKey()).isEqualTo(bytes("w/1"));
            assertThat(next(events).getKeyValue().getKey()).isEqualTo(bytes("w/2"));
            WatchEvent deletion = next(events);
            assertThat(deletion.getEventType()).isEqualTo(WatchEvent.EventType.DELETE);
            assertThat(deletion.getPrevKV().getValue()).isEqualTo(bytes("a"));
            assertThat(watcher.isClosed()).isFalse();
        }
    }

    @Test
    void leasesHoldKeys() throws Exception {
        var leases = client.getLeaseClient();
        long lease = leases.grant(60).get().getID();
        client.getKVClient()
                .put(
                        bytes("held"),
                        bytes("x"),
                        PutOption.builder().withLeaseId(lease).build())
                .get();
        assertThat(leases.keepAliveOnce(lease).get().getTTL()).isEqualTo(60);
        List<ByteSequence> keys = leases.timeToLive(
                        lease, LeaseOption.builder().withAttachedKeys().build())
                .get()
                .getKeys();
        assertThat(keys).containsExactly(bytes("held"));
        leases.revoke(lease).get();
        assertThat(client.getKVClient().get(bytes("held")).get().getKvs()).isEmpty();
    }

    private static WatchEvent next(BlockingQueue<WatchEvent> events) throws InterruptedException {
        WatchEvent event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).as("an event within a minute").isNotNull();
        return event;
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
