package io.etcetera.daemon.testing;

import io.etcetera.server.testing.cluster.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A network namespace of Linux for each member, and one for the bridge between them: where Docker runs, the host's own rules
 * hold for its bridges, and let nothing through. Only for root. A member is silenced towards another
 * by giving it a wrong hardware address for that one: what it sends goes nowhere, and nobody is told.
 */
final class NamespaceNetwork implements ProcessNetwork {
    private static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;
    private static final String NOBODY = "02:00:00:00:00:01";

    private final String base;
    private final String subnet;
    private final Map<String, String> hosts = new HashMap<>();
    private final Set<String> wrongAddresses = new HashSet<>();

    NamespaceNetwork() {
        Random random = new Random();
        base = "ec" + (10_000 + random.nextInt(90_000));
        subnet = freeSubnet(random);
        Shell.run("ip netns add " + hub());
        Shell.run("ip -n " + hub() + " link add bridge type bridge");
        Shell.run("ip -n " + hub() + " link set bridge up");
        Shell.run("ip link add " + base + " type veth peer name host netns " + hub());
        plug("host");
        Shell.run("ip addr add " + subnet + "254/24 dev " + base);
        Shell.run("ip link set " + base + " up");
    }

    /** One that no other run has on this machine, of a block of addresses that is set aside for tests of networks. */
    private static String freeSubnet(Random random) {
        while (true) {
            String candidate = "198." + (18 + random.nextInt(2)) + "." + random.nextInt(256) + ".";
            if (Shell.outputOf("ip -4 addr show to " + candidate + "0/24").isEmpty()) {
                return candidate;
            }
        }
    }

    /** Whether this system, and its rights here, allow for one. */
    static boolean isPossible() {
        // Other runs on this machine may ask at the same time.
        String probe = "ecp" + ProcessHandle.current().pid();
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        return isRoot
                && System.getProperty("os.name").equals("Linux")
                && Shell.succeeds("ip -V")
                && Shell.succeeds("ip link add " + probe + "a type veth peer name " + probe + "b")
                && Shell.succeeds("ip link del " + probe + "a");
    }

    @Override
    public synchronized Site attach(String name) {
        String namespace = namespace(name);
        String host = subnet + (hosts.size() + 1);
        hosts.put(name, host);
        Shell.run("ip netns add " + namespace);
        Shell.run("ip -n " + hub() + " link add " + name + " type veth peer name eth0 netns " + namespace);
        plug(name);
        Shell.run("ip -n " + namespace + " addr add " + host + "/24 dev eth0");
        Shell.run("ip -n " + namespace + " link set eth0 up");
        Shell.run("ip -n " + namespace + " link set lo up");
        return new Site(host, CLIENT_PORT, PEER_PORT, List.of("ip", "netns", "exec", namespace));
    }

    private void plug(String device) {
        Shell.run("ip -n " + hub() + " link set " + device + " master bridge");
        Shell.run("ip -n " + hub() + " link set " + device + " up");
    }

    private String hub() {
        return base + "-hub";
    }

    private String namespace(String name) {
        return base + "-" + name;
    }

    @Override
    public boolean can(Trouble trouble) {
        return trouble == Trouble.CUT;
    }

    @Override
    public synchronized void silence(Node from, Node to) {
        String entry = "ip -n " + namespace(from.name()) + " neigh %s " + hosts.get(to.name()) + " dev eth0";
        Shell.run(entry.formatted("replace") + " lladdr " + NOBODY + " nud permanent");
        wrongAddresses.add(entry.formatted("del"));
    }

    @Override
    public void delay(Node from, Node to, Duration delay) {
        throw new UnsupportedOperationException("not every kernel can");
    }

    @Override
    public void lose(Node from, Node to, double share) {
        throw new UnsupportedOperationException("not every kernel can");
    }

    @Override
    public synchronized void heal() {
        wrongAddresses.forEach(Shell::run);
        wrongAddresses.clear();
    }

    @Override
    public synchronized void close() {
        hosts.keySet().forEach(name -> {
            Shell.run("ip -n " + hub() + " link del " + name);
            Shell.run("ip netns del " + namespace(name));
        });
        hosts.clear();
        Shell.run("ip link del " + base);
        Shell.run("ip netns del " + hub());
    }
}
