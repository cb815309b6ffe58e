package io.etcetera.server.testing.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Calls in the order of their invocations. */
public record History(List<Call> calls) {

    public History {
        List<Call> sorted = new ArrayList<>(calls);
        sorted.sort(Comparator.comparingLong(Call::invoked));
        calls = List.copyOf(sorted);
    }

    /** Linearizability holds for the whole if it holds for each key on its own; revisions are judged over all keys. */
    Map<String, List<Call>> byKey() {
        Map<String, List<Call>> keys = new TreeMap<>();
        calls.forEach(call ->
                keys.computeIfAbsent(call.key(), key -> new ArrayList<>()).add(call));
        return keys;
    }

    long origin() {
        return calls.isEmpty() ? 0 : calls.get(0).invoked();
    }

    /** Writes one line for each call, so that a history that fails can be kept; see {@link #read}. */
    public void write(Path file) throws IOException {
        Files.write(file, calls.stream().map(CallText::write).toList());
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws IllegalArgumentException if a line is not a call
     */
    public static History read(Path file) throws IOException {
        return new History(Files.readAllLines(file).stream().map(CallText::read).toList());
    }
}
