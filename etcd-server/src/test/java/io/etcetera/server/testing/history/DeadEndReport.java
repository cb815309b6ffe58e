package io.etcetera.server.testing.history;

import io.etcetera.server.testing.history.Frontier.Order;
import io.etcetera.server.testing.history.OrderSearch.DeadEnd;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells a human why a key's calls cannot be put into an order. */
final class DeadEndReport {

    private static final int MOST_LINES = 10;
    private static final int MOST_STATES = 3;

    private final String key;
    private final List<Call> calls;
    private final long origin;

    /** @param origin time that all others are told relative to, in nanoseconds */
    DeadEndReport(String key, List<Call> calls, long origin) {
        this.key = key;
        this.calls = calls;
        this.origin = origin;
    }

    String of(DeadEnd deadEnd) {
        Call wrong = deadEnd.step().call();
        long end = deadEnd.step().returned();
        long returned = calls.stream().filter(call -> call.returned() <= end).count();
        StringBuilder report = new StringBuilder("key " + CallText.encode(key) + " is not linearizable\n");
        report.append("no order allows this call:\n").append(lines(Stream.of(wrong)));
        report.append("shortest wrong prefix: until this return, " + returned + " of the " + calls.size()
                + " calls of the key have returned\n");
        section(report, "calls concurrent to it", deadEnd.concurrent().stream().map(Step::call));
        section(report, "calls that wrote what it saw", writers(deadEnd.step()));
        section(report, "calls that returned last before it began", before(wrong));
        deadEnd.orders().stream().limit(MOST_STATES).forEach(order -> append(report, order));
        if (deadEnd.orders().size() > MOST_STATES) {
            report.append("and " + (deadEnd.orders().size() - MOST_STATES) + " more possible orders\n");
        }
        return report.toString();
    }

    private void append(StringBuilder report, Order order) {
        section(
                report,
                "possible until then: the key is " + order.state().describe() + ", by an order that ends with",
                order.trail().last(MOST_LINES).stream().map(Step::call));
    }

    private Stream<Call> writers(Step step) {
        Optional<String> saw = step.required().value();
        return calls.stream()
                .filter(call -> !call.isRead() && call.operation().written().isPresent())
                .filter(call -> call.response().map(Response::applied).orElse(true))
                .filter(call -> saw.isPresent() && call.operation().written().equals(saw))
                .limit(MOST_LINES);
    }

    private Stream<Call> before(Call wrong) {
        List<Call> latestFirst = calls.stream()
                .filter(call -> call.returned() < wrong.invoked())
                .sorted(Comparator.comparingLong(Call::returned).reversed())
                .limit(MOST_LINES)
                .toList();
        return latestFirst.stream().sorted(Comparator.comparingLong(Call::returned));
    }

    private void section(StringBuilder report, String title, Stream<Call> content) {
        String lines = lines(content);
        report.append(title).append(lines.isEmpty() ? ": none\n" : ":\n" + lines);
    }

    private String lines(Stream<Call> content) {
        return content.map(call -> "    " + call.describe(origin) + "\n").collect(Collectors.joining());
    }
}
