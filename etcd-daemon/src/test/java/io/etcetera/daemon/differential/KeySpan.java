package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import java.util.Comparator;

/** The keys of a watch, by etcd's rules for its two fields. */
record KeySpan(ByteString start, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

    static KeySpan of(WatchCreateRequest request) {
        return new KeySpan(request.getKey().isEmpty() ? ZERO : request.getKey(), request.getRangeEnd());
    }

    boolean contains(ByteString key) {
        if (end.isEmpty()) {
            return key.equals(start);
        }
        return ORDER.compare(start, key) <= 0 && (end.equals(ZERO) || ORDER.compare(key, end) < 0);
    }
}
