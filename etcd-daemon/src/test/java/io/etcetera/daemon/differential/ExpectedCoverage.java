package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.Compare.CompareResult;
import io.etcetera.proto.etcdserverpb.Compare.CompareTarget;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import java.util.ArrayList;
import java.util.List;

/** What a run of some ten thousand operations must have met, by the names of {@link Coverage}. */
final class ExpectedCoverage {
    private static final String COMPACTED = "OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted";
    private static final String FUTURE = "OUT_OF_RANGE etcdserver: mvcc: required revision is a future revision";
    private static final String NO_KEY = "INVALID_ARGUMENT etcdserver: key is not provided";
    private static final String KEY_NOT_FOUND = "INVALID_ARGUMENT etcdserver: key not found";
    private static final String LEASE_PROVIDED = "INVALID_ARGUMENT etcdserver: lease is provided";
    private static final String VALUE_PROVIDED = "INVALID_ARGUMENT etcdserver: value is provided";
    private static final String BAD_SORT = "INVALID_ARGUMENT etcdserver: invalid sort option";
    private static final String NO_LEASE = "NOT_FOUND etcdserver: requested lease not found";

    private ExpectedCoverage() {}

    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Api api : Api.values()) {
            names.add(api + " OK");
        }
        addErrors(names);
        addOptions(names);
        for (SortTarget target : SortTarget.values()) {
            for (SortOrder order : SortOrder.values()) {
                // Both unknown at a time is too rare to count on.
                if (target != SortTarget.UNRECOGNIZED || order != SortOrder.UNRECOGNIZED) {
                    names.add("sort " + target + " " + order);
                }
            }
        }
        for (CompareTarget target : CompareTarget.values()) {
            for (CompareResult result : CompareResult.values()) {
                if (target != CompareTarget.UNRECOGNIZED || result != CompareResult.UNRECOGNIZED) {
                    names.add("compare " + target + " " + result);
                }
            }
        }
        for (Malformed kind : Malformed.values()) {
            names.add("malformed " + kind);
        }
        names.addAll(List.of("restart SIGKILL", "restart SIGTERM", "expiry with keys"));
        return names;
    }

    private static void addErrors(List<String> names) {
        add(names, Api.RANGE, List.of(COMPACTED, FUTURE, NO_KEY, BAD_SORT));
        add(names, Api.PUT, List.of(NO_KEY, KEY_NOT_FOUND, LEASE_PROVIDED, VALUE_PROVIDED, NO_LEASE));
        add(names, Api.DELETE_RANGE, List.of(NO_KEY));
        add(
                names,
                Api.TXN,
                List.of(
                        "INVALID_ARGUMENT etcdserver: duplicate key given in txn request",
                        COMPACTED,
                        FUTURE,
                        NO_KEY,
                        BAD_SORT,
                        KEY_NOT_FOUND,
                        LEASE_PROVIDED,
                        VALUE_PROVIDED,
                        NO_LEASE));
        add(names, Api.COMPACT, List.of(COMPACTED, FUTURE));
        add(names, Api.HASH_KV, List.of(COMPACTED));
        add(names, Api.LEASE_REVOKE, List.of(NO_LEASE));
        add(
                names,
                Api.LEASE_GRANT,
                List.of(
                        "FAILED_PRECONDITION etcdserver: lease already exists",
                        "OUT_OF_RANGE etcdserver: too large lease TTL"));
        add(
                names,
                Api.RANGE_STREAM,
                List.of(
                        COMPACTED,
                        "UNIMPLEMENTED RangeStream does not support custom sort orders",
                        "UNIMPLEMENTED RangeStream does not support revision filters"));
    }

    private static void addOptions(List<String> names) {
        for (String path : List.of("RANGE", "success.request_range", "failure.request_range")) {
            for (String option : List.of(
                    "range_end",
                    "limit",
                    "limit negative",
                    "revision",
                    "serializable",
                    "keys_only",
                    "count_only",
                    "min_mod_revision",
                    "max_mod_revision",
                    "min_create_revision",
                    "max_create_revision")) {
                names.add(path + "." + option);
            }
        }
        for (String path : List.of("PUT", "success.request_put", "failure.request_put")) {
            for (String option : List.of("lease", "lease negative", "prev_kv", "ignore_value", "ignore_lease")) {
                names.add(path + "." + option);
            }
        }
        names.addAll(List.of(
                "DELETE_RANGE.range_end",
                "DELETE_RANGE.prev_kv",
                "success.request_delete_range.prev_kv",
                "success.request_txn.success",
                "success.request_txn.failure",
                "success.request_txn.compare",
                "compare.range_end",
                "compare operand TARGETUNION_NOT_SET",
                "COMPACT.physical",
                "LEASE_TIME_TO_LIVE.keys",
                "RANGE_STREAM.limit",
                "RANGE_STREAM.sort_target"));
    }

    private static void add(List<String> names, Api api, List<String> errors) {
        errors.forEach(error -> names.add(api + " " + error));
    }
}
