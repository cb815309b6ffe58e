package io.etcetera.server.testing.cluster;

import io.etcetera.proto.etcdserverpb.StatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Members that form a cluster, with the faults that can befall it, and what can be seen of it by asking its members. */
public interface Cluster extends AutoCloseable {
    /** Far more than anything takes, on a machine that does ten other things. */
    Duration PATIENCE = Duration.ofMinutes(2);

    /** All members, running or not. */
    List<Node> nodes();

    /** What is between them. */
    Network network();

    /** How long a follower waits for a leader. */
    Duration electionTimeout();

    /** Adds a member with an empty disk, as soon as the cluster lets it, and begins to start it. */
    Node grow();

    /** Removes a member from the cluster, as soon as that lets it go; then ends it and forgets it, files included. */
    void shrink(Node node);

    /** Ends all faults that last, and starts members that are down. */
    default void mend() {
        network().heal();
        nodes().stream().filter(node -> !node.isRunning()).forEach(Node::start);
    }

    @Override
    void close();

    /** Members that run. */
    default List<Node> running() {
        return nodes().stream().filter(Node::isRunning).toList();
    }

    /** All members but some. */
    default List<Node> others(Node... without) {
        return nodes().stream().filter(node -> !List.of(without).contains(node)).toList();
    }

    /** Waits until all running members serve clients, linearizable reads included. */
    default void awaitServing() {
        running()
                .forEach(node -> Await.until(
                        node.name() + " serves", PATIENCE, () -> node.client().serves()));
    }

    /** Waits for a leader that more than half of all members follow. */
    default Node awaitLeader() {
        return awaitLeaderAmong(nodes());
    }

    /** Waits for a leader among some of the members that more than half of all members follow, all of them among those. */
    default Node awaitLeaderAmong(List<Node> side) {
        return Await.value("a leader", PATIENCE, () -> {
            Map<Long, Node> byId = new HashMap<>();
            Map<Long, Integer> followers = new HashMap<>();
            for (Node node : side) {
                Optional<StatusResponse> status =
                        node.isRunning() ? node.client().status() : Optional.empty();
                status.ifPresent(seen -> {
                    byId.put(seen.getHeader().getMemberId(), node);
                    followers.merge(seen.getLeader(), 1, Integer::sum);
                });
            }
            return followers.entrySet().stream()
                    .filter(entry -> entry.getValue() > nodes().size() / 2)
                    .flatMap(entry -> Optional.ofNullable(byId.get(entry.getKey())).stream())
                    .findFirst();
        });
    }

    /**
     * Waits until all running members hold the same, by revision and hash; returns that revision. To be asked only when
     * nobody writes.
     */
    default long awaitAgreement() {
        List<String> seen = new ArrayList<>();
        try {
            return Await.value("the same store on all members", PATIENCE, () -> {
                seen.clear();
                Set<StoreHash> hashes = new HashSet<>();
                for (Node node : running()) {
                    Optional<StoreHash> hash = node.client().hash();
                    seen.add(node.name() + ": " + hash);
                    hash.ifPresentOrElse(hashes::add, () -> hashes.add(StoreHash.NONE));
                }
                return hashes.size() == 1 && !hashes.contains(StoreHash.NONE)
                        ? Optional.of(hashes.iterator().next().revision())
                        : Optional.empty();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; last seen: " + seen, e);
        }
    }
}
