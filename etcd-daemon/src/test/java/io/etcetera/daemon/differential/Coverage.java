package io.etcetera.daemon.differential;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what a run did and what it was answered, so that a generator that no longer makes something is noticed. Safe for
 * use by several threads.
 */
final class Coverage {
    private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAdder operations = new LongAdder();

    void count(Operation operation, Answer answer) {
        operations.increment();
        if (operation instanceof Operation.Call call) {
            add(call.api() + " " + answer.status());
            countFields(call.api().name(), call.request());
        } else if (operation instanceof Operation.RawCall raw) {
            add("malformed " + raw.kind());
            add("malformed " + answer.status());
        }
    }

    void count(Operation.Restart restart) {
        operations.increment();
        add(restart.killed() ? "restart SIGKILL" : "restart SIGTERM");
    }

    void count(Operation.Expiry expiry) {
        operations.increment();
        add("expiry" + (expiry.puts().isEmpty() ? "" : " with keys"));
    }

    long operations() {
        return operations.sum();
    }

    /** Counts by name, in order of names. */
    Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }

    /** What has not occurred although every run that is not tiny should meet it. */
    List<String> missing(List<String> expected) {
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(counts.keySet());
        return missing;
    }

    private void countFields(String path, Message message) {
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            String name = path + "." + field.getKey().getName();
            add(name);
            if (field.getValue() instanceof EnumValueDescriptor value) {
                add(name + "=" + (value.getIndex() < 0 ? "unknown" : value.getName()));
            } else if (field.getValue() instanceof Message inner) {
                countFields(name, inner);
            } else if (field.getValue() instanceof List<?> list) {
                // By the name of its field alone: how deep it was nested does not matter.
                list.forEach(element -> countElement(field.getKey().getName(), element));
            } else if (field.getValue() instanceof Long number && number < 0) {
                add(name + " negative");
            }
        }
        if (message instanceof RangeRequest range) {
            add("sort " + range.getSortTarget() + " " + range.getSortOrder());
        } else if (message instanceof Compare compare) {
            add("compare " + compare.getTarget() + " " + compare.getResult());
            add("compare operand " + compare.getTargetUnionCase());
        }
    }

    private void countElement(String path, Object element) {
        if (element instanceof Message message) {
            countFields(path, message);
        }
    }

    /** Adds to what is counted under a name of the caller's choice. */
    void add(String name, long count) {
        counts.computeIfAbsent(name, n -> new LongAdder()).add(count);
    }

    private void add(String name) {
        add(name, 1);
    }
}
