package io.etcetera.daemon.gateway;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses among the endpoints that are known to answer: of those with the best priority by weight, or in turn if none has a
 * weight, as RFC 2782 wants it. Thread-safe.
 */
final class EndpointChoice {
    /** Of so many choices, one goes to an endpoint without weight while others have some. */
    private static final int RARELY = 100;

    private final List<Endpoint> endpoints;
    private final RandomGenerator random;

    // Guarded by this.
    private final Set<Endpoint> inactive = new LinkedHashSet<>();
    private int turn;

    EndpointChoice(List<Endpoint> endpoints, RandomGenerator random) {
        this.endpoints = List.copyOf(endpoints);
        this.random = random;
    }

    /** Nothing if none answers. */
    synchronized Optional<Endpoint> next() {
        List<Endpoint> active =
                endpoints.stream().filter(one -> !inactive.contains(one)).toList();
        if (active.isEmpty()) {
            return Optional.empty();
        }
        int best = active.stream().mapToInt(Endpoint::priority).min().orElse(0);
        List<Endpoint> candidates =
                active.stream().filter(one -> one.priority() == best).toList();
        List<Endpoint> weighted =
                candidates.stream().filter(one -> one.weight() > 0).toList();
        if (weighted.isEmpty() || (weighted.size() < candidates.size() && random.nextInt(RARELY) == 0)) {
            List<Endpoint> unweighted = new ArrayList<>(candidates);
            unweighted.removeAll(weighted);
            return Optional.of(unweighted.get(Math.floorMod(turn++, unweighted.size())));
        }
        return Optional.of(byWeight(weighted));
    }

    private Endpoint byWeight(List<Endpoint> weighted) {
        int left = random.nextInt(weighted.stream().mapToInt(Endpoint::weight).sum());
        for (Endpoint endpoint : weighted) {
            left -= endpoint.weight();
            if (left < 0) {
                return endpoint;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    synchronized void deactivate(Endpoint endpoint) {
        inactive.add(endpoint);
    }

    synchronized void activate(Endpoint endpoint) {
        inactive.remove(endpoint);
    }

    /** Those that did not answer. */
    synchronized List<Endpoint> inactive() {
        return List.copyOf(inactive);
    }
}
