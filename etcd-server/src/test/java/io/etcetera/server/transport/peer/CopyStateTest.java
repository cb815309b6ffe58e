package io.etcetera.server.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.transport.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CopyStateTest {
    private static final int LENGTH = 3_000_017;

    @TempDir
    private Path directory;

    private TestPeers group;
    private TestPeer receiver;
    private TestPeer sender;
    private Path file;
    private final byte[] content = new byte[LENGTH];
    private final List<String> opened = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger closed = new AtomicInteger();

    /** Where reading fails, once. */
    private volatile long failAt = Long.MAX_VALUE;

    private volatile String copyId = "first";

    @BeforeEach
    void start() throws Exception {
        new Random(7).nextBytes(content);
        file = directory.resolve("copy");
        group = new TestPeers(2);
        receiver = group.start(1);
        sender = group.start(2);
        sender.states = this::open;
        sender.serve();
    }

    @AfterEach
    void stop() {
        group.close();
    }

    private StateSource.Copy open(long index, String wanted) {
        opened.add(index + " " + wanted);
        return new StateSource.Copy() {
            private int position;

            @Override
            public String id() {
                return copyId;
            }

            @Override
            public long length() {
                return LENGTH;
            }

            @Override
            public void read(ByteBuffer target) throws IOException {
                if (position >= failAt) {
                    failAt = Long.MAX_VALUE;
                    throw new IOException("no such sector");
                }
                int part = target.remaining();
                target.put(content, position, part);
                position += part;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    private void fetch() throws IOException, InterruptedException {
        receiver.peers.states().fetch(2, 42, file);
    }

    @Test
    void bringsEveryByte() throws Exception {
        Files.writeString(file, "what somebody left here");
        fetch();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        assertThat(opened).containsExactly("42 ");
        TestPeers.await("the sender to let the copy go", () -> closed.get() == 1);
        assertThat(receiver.metric("etcd_network_snapshot_receive_success{From=\"2\"}"))
                .isEqualTo(1);
        assertThat(receiver.metric("etcd_snap_db_fsync_duration_seconds_count")).isEqualTo(1);
        assertThat(receiver.metric("etcd_network_peer_received_bytes_total{From=\"2\"}"))
                .isGreaterThan(LENGTH);
        assertThat(sender.metric("etcd_network_peer_sent_bytes_total{To=\"1\"}"))
                .isGreaterThan(LENGTH);
        TestPeers.await(
                "the sender to be done",
                // The last that it counts.
                () -> sender.metric("etcd_network_snapshot_send_total_duration_seconds_count{To=\"1\"}") == 1);
        assertThat(sender.metric("etcd_network_snapshot_send_inflights_total{To=\"1\"}"))
                .isZero();
    }

    @Test
    void goesOnWhereItBrokeOff() throws Exception {
        failAt = 2_000_000;
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class).hasMessageContaining("no such sector");
        assertThat(Files.size(file)).isGreaterThan(1_500_000);
        assertThat(receiver.metric("etcd_network_snapshot_receive_failures{From=\"2\"}"))
                .isEqualTo(1);
        fetch();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        assertThat(opened).containsExactly("42 ", "42 first");
    }

    @Test
    void beginsAnewWhenTheCopyIsAnother() throws Exception {
        failAt = 2_000_000;
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        copyId = "second";
        new Random(8).nextBytes(content);
        fetch();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }

    @Test
    void throwsAwayWhatWasDamagedOnItsSide() throws Exception {
        failAt = 2_000_000;
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        byte[] damaged = Files.readAllBytes(file);
        damaged[1000] ^= 1;
        Files.write(file, damaged);
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class).hasMessageContaining("others than were sent");
        assertThat(file).doesNotExist();
        fetch();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        assertThat(opened).containsExactly("42 ", "42 first", "42 ");
    }

    @Test
    void saysWhenThereIsNoneToBeHad() {
        sender.states = StateSource.NONE;
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class).hasMessageContaining("gives no copies");
        assertThatThrownBy(() -> receiver.peers.states().fetch(9, 1, file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not known");
        group.stop(2);
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
    }

    @Test
    void stopsWhenInterrupted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> told = new CompletableFuture<>();
        sender.states = (index, id) -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("nobody counts it down");
            } catch (InterruptedException e) {
                told.complete("not wanted any more");
                throw e;
            }
        };
        CompletableFuture<Void> fetched = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                fetch();
                fetched.complete(null);
            } catch (IOException | InterruptedException e) {
                fetched.completeExceptionally(e);
            }
        });
        thread.start();
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        assertThatThrownBy(() -> fetched.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo("not wanted any more");
    }
}
