package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;

/**
 * Clients of a store that makes one change at a time, on a slow and lossy network, all in simulated time: its histories are
 * right. Requests and answers take their time, or are lost; some requests arrive long after their client has given up.
 */
final class StoreSimulation {

    private static final int LATENCY = 100;
    private static final int PATIENCE = 4 * LATENCY;

    /**
     * @param values how many different ones are written, or 0 for a new one each time
     * @param lossPercent calls that fail, and as many that get no answer
     */
    record Setup(int clients, int keys, int calls, int values, int lossPercent) {}

    private record Task(long time, int sequence, Runnable work) {}

    private final Setup setup;
    private final Random random;
    private final Queue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::time).thenComparingInt(Task::sequence));
    private final Map<String, Version> store = new HashMap<>();
    private final List<WatchEvent> events = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private long now;
    private long revision = 1;
    private int tasksMade;
    private int invoked;

    private StoreSimulation(Setup setup, long seed) {
        this.setup = setup;
        this.random = new Random(seed);
    }

    /** @param events all changes, in order */
    record Result(History history, List<WatchEvent> events) {}

    static Result run(Setup setup, long seed) {
        StoreSimulation simulation = new StoreSimulation(setup, seed);
        for (int client = 0; client < setup.clients(); client++) {
            int id = client;
            simulation.later(simulation.delay(), () -> simulation.call(id));
        }
        simulation.work();
        return new Result(new History(simulation.calls), List.copyOf(simulation.events));
    }

    private void work() {
        while (!tasks.isEmpty()) {
            Task task = tasks.remove();
            now = task.time();
            task.work().run();
        }
    }

    private void later(long delay, Runnable work) {
        tasks.add(new Task(now + delay, tasksMade++, work));
    }

    private long delay() {
        return 1L + random.nextInt(LATENCY);
    }

    private void call(int client) {
        if (invoked == setup.calls()) {
            return;
        }
        invoked++;
        Operation operation = operation("k" + random.nextInt(setup.keys()));
        long begin = now;
        int luck = random.nextInt(100);
        if (luck < setup.lossPercent()) {
            later(delay(), () -> end(new Call(client, begin, now, operation, new Outcome.Failed())));
        } else if (luck < 2 * setup.lossPercent()) {
            lose(client, operation);
        } else {
            later(delay(), () -> {
                Response response = execute(operation);
                later(delay(), () -> end(new Call(client, begin, now, operation, new Outcome.Ok(response))));
            });
        }
    }

    private void lose(int client, Operation operation) {
        Call call = new Call(client, now, Call.NEVER, operation, new Outcome.Unknown());
        later(PATIENCE, () -> end(call));
        switch (random.nextInt(3)) {
            case 0 -> later(delay(), () -> execute(operation));
            case 1 -> later(random.nextInt(20 * PATIENCE), () -> execute(operation));
            default -> tasksMade++;
        }
    }

    private void end(Call call) {
        calls.add(call);
        later(delay() / 4, () -> call(call.client()));
    }

    private Operation operation(String key) {
        int choice = random.nextInt(10);
        if (choice < 4) {
            return new Operation.Get(key);
        } else if (choice < 7) {
            return new Operation.Put(key, value());
        } else if (choice < 8) {
            return new Operation.Delete(key);
        }
        Optional<Version> seen = Optional.ofNullable(store.get(key));
        boolean byValue = random.nextBoolean() && seen.isPresent();
        Condition condition = byValue
                ? Condition.valueIs(seen.get().value())
                : Condition.modRevisionIs(seen.map(Version::modRevision).orElse(0L));
        return new Operation.CompareAndSwap(key, condition, value());
    }

    private String value() {
        return "v" + (setup.values() == 0 ? tasksMade : random.nextInt(setup.values()));
    }

    private Response execute(Operation operation) {
        Optional<Version> found = Optional.ofNullable(store.get(operation.key()));
        if (operation instanceof Operation.Put put) {
            return put(put.key(), put.value());
        } else if (operation instanceof Operation.CompareAndSwap swap
                && swap.condition().isMetBy(found)) {
            return put(swap.key(), swap.value());
        } else if (operation instanceof Operation.Delete) {
            return found.isPresent() ? delete(operation.key()) : Response.absent(revision);
        }
        return new Response(revision, false, found);
    }

    private Response put(String key, String value) {
        revision++;
        store.put(key, new Version(value, revision));
        events.add(WatchEvent.put(key, value, revision));
        return Response.changed(revision);
    }

    private Response delete(String key) {
        revision++;
        store.remove(key);
        events.add(WatchEvent.delete(key, revision));
        return Response.changed(revision);
    }
}
