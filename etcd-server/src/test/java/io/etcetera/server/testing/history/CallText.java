package io.etcetera.server.testing.history;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * A call as words between single spaces: client, invocation and return ({@code -} if never), question, answer. Keys and
 * values are percent-encoded.
 *
 * <pre>
 * 3 1000 2500 put k v ok 17 changed
 * 3 1000 2500 get k ok 17 found v 15
 * 3 1000 2500 delete k ok 17 absent
 * 3 1000 2500 cas k value v w failed
 * 3 1000 - cas k mod 15 w unknown
 * </pre>
 */
final class CallText {

    /** Stands for the empty string; cannot be anything else, as quotes are encoded. */
    private static final String EMPTY = "\"\"";

    private CallText() {}

    static String write(Call call) {
        String returned = call.returned() == Call.NEVER ? "-" : Long.toString(call.returned());
        return call.client() + " " + call.invoked() + " " + returned + " " + question(call.operation()) + " "
                + answer(call.outcome());
    }

    static String question(Operation operation) {
        String key = encode(operation.key());
        if (operation instanceof Operation.Put put) {
            return "put " + key + " " + encode(put.value());
        } else if (operation instanceof Operation.Delete) {
            return "delete " + key;
        } else if (operation instanceof Operation.CompareAndSwap swap) {
            return "cas " + key + " " + condition(swap.condition()) + " " + encode(swap.value());
        }
        return "get " + key;
    }

    private static String condition(Condition condition) {
        return condition
                .value()
                .map(value -> "value " + encode(value))
                .orElseGet(() -> "mod " + condition.modRevision());
    }

    static String answer(Outcome outcome) {
        if (outcome instanceof Outcome.Ok ok) {
            Response response = ok.response();
            String result = response.applied()
                    ? "changed"
                    : response.found()
                            .map(version -> "found " + encode(version.value()) + " " + version.modRevision())
                            .orElse("absent");
            return "ok " + response.revision() + " " + result;
        }
        return outcome instanceof Outcome.Failed ? "failed" : "unknown";
    }

    /** @throws IllegalArgumentException if it is not such a line */
    static Call read(String line) {
        Deque<String> words = new ArrayDeque<>(Arrays.asList(line.split(" ", -1)));
        try {
            int client = Integer.parseInt(words.remove());
            long invoked = Long.parseLong(words.remove());
            String end = words.remove();
            long returned = end.equals("-") ? Call.NEVER : Long.parseLong(end);
            Call call = new Call(client, invoked, returned, readQuestion(words), readAnswer(words));
            if (!words.isEmpty()) {
                throw new IllegalArgumentException("words left over: " + words);
            }
            return call;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a recorded call: " + line, e);
        }
    }

    private static Operation readQuestion(Deque<String> words) {
        String kind = words.remove();
        String key = decode(words.remove());
        return switch (kind) {
            case "put" -> new Operation.Put(key, decode(words.remove()));
            case "delete" -> new Operation.Delete(key);
            case "get" -> new Operation.Get(key);
            case "cas" -> new Operation.CompareAndSwap(key, readCondition(words), decode(words.remove()));
            default -> throw new IllegalArgumentException("operation " + kind);
        };
    }

    private static Condition readCondition(Deque<String> words) {
        String kind = words.remove();
        return switch (kind) {
            case "value" -> Condition.valueIs(decode(words.remove()));
            case "mod" -> Condition.modRevisionIs(Long.parseLong(words.remove()));
            default -> throw new IllegalArgumentException("condition " + kind);
        };
    }

    private static Outcome readAnswer(Deque<String> words) {
        String kind = words.remove();
        return switch (kind) {
            case "ok" -> new Outcome.Ok(readResponse(words));
            case "failed" -> new Outcome.Failed();
            case "unknown" -> new Outcome.Unknown();
            default -> throw new IllegalArgumentException("outcome " + kind);
        };
    }

    private static Response readResponse(Deque<String> words) {
        long revision = Long.parseLong(words.remove());
        String kind = words.remove();
        return switch (kind) {
            case "changed" -> Response.changed(revision);
            case "found" -> {
                var version = new Version(decode(words.remove()), Long.parseLong(words.remove()));
                yield new Response(revision, false, Optional.of(version));
            }
            case "absent" -> Response.absent(revision);
            default -> throw new IllegalArgumentException("result " + kind);
        };
    }

    static String encode(String text) {
        return text.isEmpty() ? EMPTY : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        return word.equals(EMPTY) ? "" : URLDecoder.decode(word, StandardCharsets.UTF_8);
    }
}
