package io.etcetera.server.read;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import io.etcetera.server.EtcdException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a Range request against a source: filter, sort, limit. Stateless; runs on the caller's thread.
 *
 * <p>Two ways lead to the result. In key order and without filters, the source is asked for one key more than the limit,
 * and the one too many only says that there is more. Otherwise everything in the range is fetched first. A request
 * whose order is NONE counts as being in key order even if it names another target: the first keys of the range are
 * fetched, and then sorted ascending by that target.
 */
public final class RangeEvaluator {
    private RangeEvaluator() {}

    /**
     * Evaluates a valid request; sort options that are not known leave the results in key order.
     *
     * @throws EtcdException COMPACTED or FUTURE_REVISION
     */
    public static RangeOutcome evaluate(RangeSource source, RangeRequest request) throws EtcdException {
        boolean filtered = hasFilter(request);
        boolean withoutRecords = request.getKeysOnly() && request.getSortTarget() != SortTarget.VALUE;
        RangeResult found = fetch(
                source,
                request,
                new RangeOptions(
                        request.getRevision(), fetchLimit(request, filtered), request.getCountOnly(), withoutRecords));
        if (request.getCountOnly()) {
            return new RangeOutcome(List.of(), false, found.count(), found.revision());
        }

        List<StoredKeyValue> kvs = filtered ? filter(found.kvs(), request) : found.kvs();
        Comparator<Sortable> order = order(request);
        if (order != null) {
            kvs = sort(kvs, order, request.getSortTarget() == SortTarget.VALUE);
        }
        long limit = request.getLimit();
        boolean more = limit > 0 && kvs.size() > limit;
        if (more) {
            kvs = kvs.subList(0, (int) limit);
        }
        if (request.getKeysOnly() && !withoutRecords) {
            kvs = kvs.stream().map(RangeEvaluator::withoutValue).toList();
        }
        return new RangeOutcome(kvs, more, found.count(), found.revision());
    }

    private static RangeResult fetch(RangeSource source, RangeRequest request, RangeOptions options)
            throws EtcdException {
        try {
            return source.range(
                    KeyRange.of(
                            request.getKey().toByteArray(),
                            request.getRangeEnd().toByteArray()),
                    options);
        } catch (RevisionException e) {
            throw RevisionErrors.toEtcd(e);
        }
    }

    private static boolean hasFilter(RangeRequest request) {
        return request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
    }

    private static long fetchLimit(RangeRequest request, boolean filtered) {
        SortOrder order = request.getSortOrder();
        boolean keyOrder =
                order == SortOrder.NONE || (order == SortOrder.ASCEND && request.getSortTarget() == SortTarget.KEY);
        long limit = request.getLimit();
        return filtered || !keyOrder || limit <= 0 || limit == Long.MAX_VALUE ? 0 : limit + 1;
    }

    private static List<StoredKeyValue> filter(List<StoredKeyValue> kvs, RangeRequest request) {
        long maxMod = request.getMaxModRevision() == 0 ? Long.MAX_VALUE : request.getMaxModRevision();
        long maxCreate = request.getMaxCreateRevision() == 0 ? Long.MAX_VALUE : request.getMaxCreateRevision();
        // No revision is below 1, so an unset minimum of 0 lets everything pass.
        long minMod = request.getMinModRevision();
        long minCreate = request.getMinCreateRevision();
        List<StoredKeyValue> kept = new ArrayList<>();
        for (StoredKeyValue kv : kvs) {
            if (kv.modRevision() <= maxMod
                    && kv.modRevision() >= minMod
                    && kv.createRevision() <= maxCreate
                    && kv.createRevision() >= minCreate) {
                kept.add(kv);
            }
        }
        return kept;
    }

    /** The order to sort into, or null if the results, which are in key order, are in order already. */
    private static @Nullable Comparator<Sortable> order(RangeRequest request) {
        boolean descending = request.getSortOrder() == SortOrder.DESCEND;
        if (request.getSortTarget() == SortTarget.KEY) {
            return descending ? Sortable.KEY_DESCENDING : null;
        }
        Comparator<Sortable> ascending = switch (request.getSortTarget()) {
            case VERSION -> Comparator.comparingLong(s -> s.kv().version());
            case CREATE -> Comparator.comparingLong(s -> s.kv().createRevision());
            case MOD -> Comparator.comparingLong(s -> s.kv().modRevision());
            case VALUE -> Comparator.comparing(Sortable::value, ByteString.unsignedLexicographicalComparator());
            case KEY, UNRECOGNIZED -> null;
        };
        return ascending != null && descending ? ascending.reversed() : ascending;
    }

    private static List<StoredKeyValue> sort(List<StoredKeyValue> kvs, Comparator<Sortable> order, boolean byValue) {
        List<Sortable> sortable = new ArrayList<>(kvs.size());
        for (StoredKeyValue kv : kvs) {
            ByteString value = byValue ? kv.decode().getValue() : ByteString.EMPTY;
            sortable.add(new Sortable(kv, value, sortable.size()));
        }
        sortable.sort(order);
        List<StoredKeyValue> sorted = new ArrayList<>(kvs.size());
        for (Sortable s : sortable) {
            sorted.add(s.kv());
        }
        return sorted;
    }

    private static StoredKeyValue withoutValue(StoredKeyValue kv) {
        byte[] encoded = kv.decode().toBuilder().clearValue().build().toByteArray();
        return new StoredKeyValue(encoded, kv.createRevision(), kv.modRevision(), kv.version());
    }

    /**
     * A result while it is being sorted.
     *
     * @param kv the result
     * @param value its value, decoded only if the order needs it
     * @param position its place in key order
     */
    private record Sortable(StoredKeyValue kv, ByteString value, int position) {
        static final Comparator<Sortable> KEY_DESCENDING =
                Comparator.comparingInt(Sortable::position).reversed();
    }
}
