package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged or foreign data is refused with a message that names it, and left as it is. */
class DamagedDataIT {

    @TempDir
    Path directory;

    @Test
    void damageInTheMiddleOfTheLog() throws Exception {
        try (ServerProcess server = filled()) {
            WalFiles.damageMiddle(server.dataDir().resolve("member/wal"), new Random(1));
            assertThat(refusal(server)).contains(".wal").containsIgnoringCase("damaged");
        }
    }

    @Test
    void missingLogSegment() throws Exception {
        try (ServerProcess server = filled()) {
            Files.delete(
                    WalFiles.segments(server.dataDir().resolve("member/wal")).get(0));
            assertThat(refusal(server)).contains("wal");
        }
    }

    @Test
    void truncatedStore() throws Exception {
        try (ServerProcess server = filled()) {
            Path store = server.dataDir().resolve("member/snap/store.mdb");
            truncate(store, Files.size(store) / 2);
            assertThat(refusal(server)).contains("store.mdb");
        }
    }

    /** One bit of a value, in a place that no structure of the file gives away. */
    @Test
    void changedValueInTheStore() throws Exception {
        try (ServerProcess server = filled()) {
            Path store = server.dataDir().resolve("member/snap/store.mdb");
            flipLastBitOf("key-1234", store);
            assertThat(refusal(server)).contains("store.mdb").contains("bucket key at revision");
        }
    }

    @Test
    void garbageInsteadOfAStore() throws Exception {
        try (ServerProcess server = filled()) {
            byte[] garbage = new byte[1 << 20];
            new Random(2).nextBytes(garbage);
            Files.write(server.dataDir().resolve("member/snap/store.mdb"), garbage);
            assertThat(refusal(server)).contains("store.mdb");
        }
    }

    @Test
    void aSecondProcessOnTheSameDirectory() throws Exception {
        try (ServerProcess first = ServerProcess.start(Tools.ourEtcd(), directory);
                ServerProcess second = ServerProcess.launchOnly(
                        Tools.ourEtcd(), directory.resolve("second"), "--data-dir=" + first.dataDir())) {
            assertThat(second.awaitExit(120)).isEqualTo(1);
            assertThat(second.log()).contains(first.dataDir().toString());
            assertThat(first.isAlive()).isTrue();
        }
    }

    /** A stopped server with some thousand keys behind it. */
    private ServerProcess filled() throws Exception {
        ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory);
        AcknowledgedWrites writes = new AcknowledgedWrites();
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = new Thread(() -> writes.writeUntil(server, stop));
        writer.start();
        while (writes.size() < 2_000) {
            Thread.sleep(5);
        }
        stop.set(true);
        writer.join();
        server.terminate();
        return server;
    }

    /** Starts the server, which must refuse; returns its log. */
    private static String refusal(ServerProcess server) throws IOException, InterruptedException {
        server.relaunch();
        assertThat(server.awaitExit(120)).as("exit status").isEqualTo(1);
        return server.log();
    }

    /** Wherever the text stands, since the file also has pages that are no longer in use. */
    private static void flipLastBitOf(String text, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String all = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(all).contains(text);
        for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
            bytes[at + text.length() - 1] ^= 1;
        }
        Files.write(file, bytes);
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
