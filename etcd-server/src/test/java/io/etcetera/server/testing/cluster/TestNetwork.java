package io.etcetera.server.testing.cluster;

import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Wire;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The network between members of this JVM. It acts on what members send each other, not on their clients. What is silenced
 * vanishes, as behind a broken switch: neither side is told.
 */
public final class TestNetwork implements Network {
    private final Map<Long, String> names = new ConcurrentHashMap<>();
    private final Set<String> unplugged = ConcurrentHashMap.newKeySet();
    private final Map<Way, Supplier<Fate>> weather = new ConcurrentHashMap<>();

    /** One direction between two members, by name. */
    private record Way(String from, String to) {}

    /** The network as a member sees it. */
    Wire wireOf(String name) {
        return (peerId, traffic) -> fate(name, peerId);
    }

    /** Says who has an ID. Until then, what is sent to it arrives. */
    void introduce(long memberId, String name) {
        names.put(memberId, name);
    }

    private Fate fate(String from, long peerId) {
        String to = names.get(peerId);
        if (unplugged.contains(from) || (to != null && unplugged.contains(to))) {
            return Fate.CUT;
        }
        return to == null
                ? Fate.DELIVERED
                : weather.getOrDefault(new Way(from, to), () -> Fate.DELIVERED).get();
    }

    /** Breaks all connections of a member, until it is plugged in again. */
    void unplug(String name) {
        unplugged.add(name);
    }

    void plugIn(String name) {
        unplugged.remove(name);
    }

    @Override
    public boolean can(Trouble trouble) {
        return true;
    }

    @Override
    public void silence(Node from, Node to) {
        set(from, to, () -> Fate.LOST);
    }

    @Override
    public void delay(Node from, Node to, Duration delay) {
        Fate delayed = new Fate.Delayed(delay);
        set(from, to, () -> delayed);
    }

    @Override
    public void lose(Node from, Node to, double share) {
        set(from, to, () -> ThreadLocalRandom.current().nextDouble() < share ? Fate.LOST : Fate.DELIVERED);
    }

    private void set(Node from, Node to, Supplier<Fate> fate) {
        weather.put(new Way(from.name(), to.name()), fate);
    }

    @Override
    public void heal() {
        weather.clear();
    }
}
