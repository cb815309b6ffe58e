package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.history.Call;
import io.etcetera.server.testing.history.History;
import io.etcetera.server.testing.history.Operation;
import io.etcetera.server.testing.history.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * How long the answers of some calls took, in milliseconds.
 *
 * @param failed calls that were refused, or got no answer
 */
public record Latencies(int answered, int failed, double median, double p99, double longest) {

    /** Of all linearizable reads. */
    public static Latencies ofReads(History history) {
        return of(history, call -> call.operation() instanceof Operation.Get);
    }

    /** Of all that is not only a read. */
    public static Latencies ofWrites(History history) {
        return of(history, call -> !(call.operation() instanceof Operation.Get));
    }

    private static Latencies of(History history, Predicate<Call> which) {
        List<Call> calls = history.calls().stream().filter(which).toList();
        double[] sorted = calls.stream()
                .filter(call -> call.outcome() instanceof Outcome.Ok)
                .mapToDouble(call -> (call.returned() - call.invoked()) / 1e6)
                .sorted()
                .toArray();
        return new Latencies(
                sorted.length, calls.size() - sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d answered (median %.1f ms, p99 %.1f ms, longest %.1f ms), %d not",
                answered,
                median,
                p99,
                longest,
                failed);
    }
}
