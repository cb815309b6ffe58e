package io.etcetera.server.testing.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** What is between the members of a cluster. Faults last until {@link #heal}. Thread-safe. */
public interface Network {

    /** Kinds of trouble that a network can make here. */
    enum Trouble {
        CUT,
        DELAY,
        LOSS
    }

    /** Whether this network can do so. */
    boolean can(Trouble trouble);

    /** Lets nothing through any more from one member to the other; the other way is not affected. */
    void silence(Node from, Node to);

    /** Lets everything from one member to the other arrive late. */
    void delay(Node from, Node to, Duration delay);

    /**
     * Lets connections from one member to the other go silent at random.
     *
     * @param share of messages that do so, 0 to 1
     */
    void lose(Node from, Node to, double share);

    /** Undoes all of the above. */
    void heal();

    /** Parts some members from others, both ways: {@code partition(a, b).from(c)}. */
    default Partition partition(Node... side) {
        return new Partition(this, List.of(side));
    }

    /** The first half of a sentence. */
    record Partition(Network network, List<Node> side) {
        public void from(Node... others) {
            from(List.of(others));
        }

        public void from(Collection<Node> others) {
            for (Node here : side) {
                for (Node there : others) {
                    network.silence(here, there);
                    network.silence(there, here);
                }
            }
        }
    }
}
