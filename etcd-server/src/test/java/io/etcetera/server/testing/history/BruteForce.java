package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tries every order of a few calls of one key, on a plain store, with none of the checker's reasoning: for a write without an
 * answer it also tries every revision that anybody mentions.
 */
final class BruteForce {

    /** A revision that nobody mentions. */
    private static final long UNMENTIONED = 0;

    private final Set<Long> mentioned = new HashSet<>(Set.of(UNMENTIONED));

    private record Store(Optional<Version> key, long newest) {}

    private BruteForce(List<Call> calls) {
        for (Call call : calls) {
            call.response().flatMap(Response::found).ifPresent(version -> mentioned.add(version.modRevision()));
            if (call.operation() instanceof Operation.CompareAndSwap swap) {
                mentioned.add(swap.condition().modRevision());
            }
        }
    }

    static boolean isLinearizable(List<Call> calls) {
        List<Call> able = calls.stream()
                .filter(call -> !(call.outcome() instanceof Outcome.Failed))
                .toList();
        return new BruteForce(calls).canFinish(able, new Store(Optional.empty(), 0));
    }

    private boolean canFinish(List<Call> left, Store store) {
        if (left.stream().allMatch(Call::isUnknown)) {
            return true;
        }
        long firstReturn = left.stream().mapToLong(Call::returned).min().orElseThrow();
        for (Call call : left) {
            if (call.invoked() <= firstReturn) {
                List<Call> rest = new ArrayList<>(left);
                rest.remove(call);
                for (Store next : outcomes(call, store)) {
                    if (canFinish(rest, next)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private List<Store> outcomes(Call call, Store store) {
        List<Store> possible = new ArrayList<>();
        if (call.response().isPresent()) {
            Response told = call.response().get();
            Optional<Store> next = execute(call.operation(), store, told.revision());
            boolean changed = next.isPresent();
            boolean rises = !changed || told.revision() == 0 || told.revision() > store.newest();
            if (changed == told.applied() && rises && (!reads(call, changed) || found(told, store))) {
                possible.add(next.orElse(store));
            }
            return possible;
        }
        for (long revision : mentioned) {
            if (revision == UNMENTIONED || revision > store.newest()) {
                execute(call.operation(), store, revision).ifPresent(possible::add);
            }
        }
        return possible;
    }

    private static boolean reads(Call call, boolean changed) {
        return call.isRead() || (call.operation() instanceof Operation.CompareAndSwap && !changed);
    }

    private static boolean found(Response told, Store store) {
        if (told.found().isEmpty() || store.key().isEmpty()) {
            return told.found().isEmpty() && store.key().isEmpty();
        }
        Version said = told.found().get();
        Version real = store.key().get();
        return said.value().equals(real.value())
                && (said.modRevision() == 0 || said.modRevision() == real.modRevision());
    }

    /** The store after a change, or empty if there is none. */
    private static Optional<Store> execute(Operation operation, Store store, long revision) {
        long newest = Math.max(store.newest(), revision);
        if (operation instanceof Operation.Put put) {
            return Optional.of(new Store(Optional.of(new Version(put.value(), revision)), newest));
        } else if (operation instanceof Operation.Delete && store.key().isPresent()) {
            return Optional.of(new Store(Optional.empty(), newest));
        } else if (operation instanceof Operation.CompareAndSwap swap
                && swap.condition().isMetBy(store.key())) {
            return Optional.of(new Store(Optional.of(new Version(swap.value(), revision)), newest));
        }
        return Optional.empty();
    }
}
