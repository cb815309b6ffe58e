package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A set of keys, as intervals that neither overlap nor touch, in order. What several permissions grant next to one another is one
 * interval here, so a range is granted if a single interval holds all of it.
 */
final class KeyIntervals {
    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    /** As an end: after every key. */
    private static final ByteString NO_END = ByteString.EMPTY;

    private final List<Interval> intervals;

    private KeyIntervals(List<Interval> intervals) {
        this.intervals = List.copyOf(intervals);
    }

    /** From {@code begin} on, up to but without {@code end}. */
    private record Interval(ByteString begin, ByteString end) {
        boolean reaches(ByteString key) {
            return end.isEmpty() || BYTES.compare(end, key) >= 0;
        }

        boolean reachesBeyond(ByteString key) {
            return end.isEmpty() || BYTES.compare(end, key) > 0;
        }

        Interval to(ByteString otherEnd) {
            boolean further = !end.isEmpty() && (otherEnd.isEmpty() || BYTES.compare(otherEnd, end) > 0);
            return further ? new Interval(begin, otherEnd) : this;
        }
    }

    static KeyIntervals of(List<Permission> permissions) {
        List<Interval> granted = new ArrayList<>();
        permissions.forEach(permission -> interval(permission).ifPresent(granted::add));
        granted.sort(Comparator.comparing(Interval::begin, BYTES));
        List<Interval> merged = new ArrayList<>();
        for (Interval next : granted) {
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).reaches(next.begin)) {
                merged.set(last, merged.get(last).to(next.end));
            } else {
                merged.add(next);
            }
        }
        return new KeyIntervals(merged);
    }

    /** Nothing for a permission that no request could have granted. */
    private static Optional<Interval> interval(Permission permission) {
        ByteString key = permission.getKey();
        ByteString end = permission.getRangeEnd();
        if (!isRange(key, end)) {
            return Optional.empty();
        }
        if (end.isEmpty()) {
            return Optional.of(new Interval(key, key.concat(ZERO)));
        }
        return Optional.of(new Interval(key, end.equals(ZERO) ? NO_END : end));
    }

    /** Whether a permission can be for this: a key, a range that is not empty, or all keys from one on. */
    static boolean isRange(ByteString key, ByteString rangeEnd) {
        return !key.isEmpty() && (rangeEnd.isEmpty() || rangeEnd.equals(ZERO) || BYTES.compare(key, rangeEnd) < 0);
    }

    /** Whether all keys of a request are in the set; of a range that is upside down, the first key. */
    boolean cover(ByteString key, ByteString rangeEnd) {
        int index = lastNotAfter(key);
        if (key.isEmpty() || index < 0 || !intervals.get(index).reachesBeyond(key)) {
            return false;
        }
        Interval interval = intervals.get(index);
        if (rangeEnd.equals(ZERO)) {
            return interval.end.isEmpty();
        }
        return rangeEnd.isEmpty() || interval.reaches(rangeEnd);
    }

    private int lastNotAfter(ByteString key) {
        int low = 0;
        int high = intervals.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (BYTES.compare(intervals.get(middle).begin, key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
