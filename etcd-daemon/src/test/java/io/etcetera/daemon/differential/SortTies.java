package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.ResponseOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Brings results that tie in a range's sort order into one order, where Go's sort leaves it open: it sorts up to twelve
 * elements by insertion, which is stable, and more of them in an unstable way. If the limit cuts through a tie, even
 * which of the tied are left is open; then only their number and what they tie in is kept.
 */
final class SortTies {
    private static final int STABLE_ELEMENTS = 12;
    private static final Comparator<KeyValue> BY_KEY =
            Comparator.comparing(KeyValue::getKey, ByteString.unsignedLexicographicalComparator());

    private SortTies() {}

    static TxnResponse settle(TxnRequest request, TxnResponse response) {
        List<RequestOp> ops = response.getSucceeded() ? request.getSuccessList() : request.getFailureList();
        if (ops.size() != response.getResponsesCount()) {
            return response;
        }
        TxnResponse.Builder settled = response.toBuilder();
        for (int i = 0; i < ops.size(); i++) {
            RequestOp op = ops.get(i);
            ResponseOp result = response.getResponses(i);
            if (op.hasRequestRange() && result.hasResponseRange()) {
                settled.setResponses(
                        i,
                        result.toBuilder().setResponseRange(settle(op.getRequestRange(), result.getResponseRange())));
            } else if (op.hasRequestTxn() && result.hasResponseTxn()) {
                settled.setResponses(
                        i, result.toBuilder().setResponseTxn(settle(op.getRequestTxn(), result.getResponseTxn())));
            }
        }
        return settled.build();
    }

    static RangeResponse settle(RangeRequest request, RangeResponse response) {
        if (isStable(request, response)) {
            return response;
        }
        List<KeyValue> kvs = response.getKvsList();
        List<KeyValue> settled = new ArrayList<>(kvs.size());
        for (int from = 0; from < kvs.size(); ) {
            int to = endOfTie(request, kvs, from);
            boolean cut = to == kvs.size() && response.getMore();
            if (cut) {
                kvs.subList(from, to).forEach(kv -> settled.add(only(request.getSortTarget(), kv)));
            } else {
                kvs.subList(from, to).stream().sorted(BY_KEY).forEach(settled::add);
            }
            from = to;
        }
        return response.toBuilder().clearKvs().addAllKvs(settled).build();
    }

    private static boolean isStable(RangeRequest request, RangeResponse response) {
        boolean filtered = request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
        boolean cutBeforeSorting = request.getSortOrder() == SortOrder.NONE && !filtered && request.getLimit() > 0;
        long sorted = response.getCount();
        if (cutBeforeSorting && request.getLimit() < sorted) {
            sorted = request.getLimit() + 1;
        }
        return request.getSortTarget() == SortTarget.KEY || sorted <= STABLE_ELEMENTS;
    }

    private static int endOfTie(RangeRequest request, List<KeyValue> kvs, int from) {
        int to = from + 1;
        while (to < kvs.size() && tie(request, kvs.get(from), kvs.get(to))) {
            to++;
        }
        return to;
    }

    private static boolean tie(RangeRequest request, KeyValue a, KeyValue b) {
        return switch (request.getSortTarget()) {
            case VERSION -> a.getVersion() == b.getVersion();
            case CREATE -> a.getCreateRevision() == b.getCreateRevision();
            case MOD -> a.getModRevision() == b.getModRevision();
            // Without values, any two may have had the same.
            case VALUE -> request.getKeysOnly() || a.getValue().equals(b.getValue());
            case KEY, UNRECOGNIZED -> false;
        };
    }

    private static KeyValue only(SortTarget target, KeyValue kv) {
        KeyValue.Builder kept = KeyValue.newBuilder();
        switch (target) {
            case VERSION -> kept.setVersion(kv.getVersion());
            case CREATE -> kept.setCreateRevision(kv.getCreateRevision());
            case MOD -> kept.setModRevision(kv.getModRevision());
            case VALUE -> kept.setValue(kv.getValue());
            case KEY, UNRECOGNIZED -> kept.setKey(kv.getKey());
        }
        return kept.build();
    }
}
