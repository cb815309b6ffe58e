package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.NodeClient;
import io.etcetera.server.testing.history.Condition;
import io.etcetera.server.testing.history.Operation;
import io.etcetera.server.testing.history.Response;
import io.etcetera.server.testing.history.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One client: it puts, gets, deletes and swaps few keys, one call after the other, and goes to another member when one does not
 * answer, and sometimes for no reason. Runs until its thread is interrupted.
 */
final class KvWorker implements Runnable {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final double RESTLESSNESS = 0.02;

    private final int id;
    private final Cluster cluster;
    private final List<String> keys;
    private final KvCalls calls;
    private final Random random;
    private final Map<String, NodeClient> clients = new HashMap<>();
    private final Map<String, Version> lastSeen = new HashMap<>();
    private int writes;

    KvWorker(int id, Cluster cluster, List<String> keys, KvCalls calls, long seed) {
        this.id = id;
        this.cluster = cluster;
        this.keys = keys;
        this.calls = calls;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        Node node = anyNode();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Operation operation = nextOperation();
                NodeClient client = clients.computeIfAbsent(node.endpoint(), NodeClient::new);
                Optional<Response> response = calls.call(id, operation, client.kv(LIMIT));
                response.ifPresent(seen -> remember(operation, seen));
                if (response.isEmpty() || random.nextDouble() < RESTLESSNESS) {
                    node = anyNode();
                }
                LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_PAUSE_NANOS));
            }
        } finally {
            clients.values().forEach(NodeClient::close);
        }
    }

    private Node anyNode() {
        List<Node> nodes = cluster.nodes();
        return nodes.get(random.nextInt(nodes.size()));
    }

    private Operation nextOperation() {
        String key = keys.get(random.nextInt(keys.size()));
        int dice = random.nextInt(20);
        if (dice < 8) {
            return new Operation.Get(key);
        } else if (dice < 14) {
            return new Operation.Put(key, freshValue());
        } else if (dice < 19) {
            return new Operation.CompareAndSwap(key, expectation(key), freshValue());
        }
        return new Operation.Delete(key);
    }

    /** One of its own for each write, so that whoever sees it knows which write it was. */
    private String freshValue() {
        return id + "." + writes++;
    }

    private Condition expectation(String key) {
        Version seen = lastSeen.get(key);
        if (seen == null) {
            return Condition.modRevisionIs(0);
        }
        return random.nextBoolean() ? Condition.valueIs(seen.value()) : Condition.modRevisionIs(seen.modRevision());
    }

    private void remember(Operation operation, Response response) {
        Optional<Version> now = response.applied()
                ? operation.written().map(value -> new Version(value, response.revision()))
                : response.found();
        now.ifPresentOrElse(version -> lastSeen.put(operation.key(), version), () -> lastSeen.remove(operation.key()));
    }
}
