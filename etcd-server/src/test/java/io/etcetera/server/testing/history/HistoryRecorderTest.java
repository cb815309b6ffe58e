package io.etcetera.server.testing.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.testing.history.StoreSimulation.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryRecorderTest {

    @TempDir
    Path dir;

    private final AtomicLong clock = new AtomicLong();
    private final HistoryRecorder recorder = new HistoryRecorder(clock::incrementAndGet);

    @Test
    void recordsHowCallsEnd() {
        HistoryRecorder.Pending put = recorder.invoke(1, new Operation.Put("k", "a"));
        HistoryRecorder.Pending get = recorder.invoke(2, new Operation.Get("k"));
        recorder.invoke(3, new Operation.Delete("k"));
        put.ok(Response.changed(2));
        get.failed();
        recorder.invoke(4, new Operation.Put("k", "b")).unknown();

        assertThat(recorder.history())
                .isEqualTo(Histories.of(
                        "1 1 4 put k a ok 2 changed",
                        "2 2 5 get k failed",
                        "3 3 - delete k unknown",
                        "4 6 - put k b unknown"));
    }

    @Test
    void refusesASecondEnd() {
        HistoryRecorder.Pending put = recorder.invoke(1, new Operation.Put("k", "a"));
        put.unknown();
        assertThatThrownBy(put::failed)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended twice");
    }

    @Test
    void recordsFromManyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int client = 0; client < 4; client++) {
                int id = client;
                clients.add(threads.submit(() -> {
                    for (int call = 0; call < 5000; call++) {
                        recorder.invoke(id, new Operation.Get("k")).ok(Response.absent(1));
                    }
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(recorder.history().calls()).hasSize(20_000).noneMatch(Call::isUnknown);
    }

    @Test
    void keepsHistoriesInFiles() throws IOException {
        History history = StoreSimulation.run(new Setup(4, 3, 500, 0, 10), 1).history();
        Path file = dir.resolve("history.txt");
        history.write(file);
        assertThat(History.read(file)).isEqualTo(history);
        assertThat(Files.readAllLines(file)).hasSize(500);
    }

    @Test
    void keepsAnyText() throws IOException {
        var history = new History(List.of(
                new Call(1, 1, 2, new Operation.Put("a key\n", ""), new Outcome.Failed()),
                new Call(1, 3, 4, new Operation.Get(""), new Outcome.Ok(Response.found(7, "\"\" %20é", 6))),
                new Call(
                        1,
                        5,
                        Call.NEVER,
                        new Operation.CompareAndSwap("k", Condition.valueIs(""), "-"),
                        new Outcome.Unknown())));
        Path file = dir.resolve("history.txt");
        history.write(file);
        assertThat(History.read(file)).isEqualTo(history);
    }

    @Test
    void refusesLinesThatAreNoCalls() {
        for (String line : List.of(
                "",
                "1 2 3 put k v ok 4",
                "1 2 3 put k v ok 4 changed more",
                "1 2 - put k v failed",
                "1 3 2 get k failed",
                "1 2 3 move k failed")) {
            assertThatThrownBy(() -> CallText.read(line))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a recorded call: " + line);
        }
    }
}
