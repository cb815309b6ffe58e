package io.etcetera.server.read;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest.FilterType;

/** What the store is to watch, from what a client asks for. */
public final class WatchRequests {
    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[1]);

    private WatchRequests() {}

    /** As the client wants it. */
    public static WatchRequest toStore(WatchCreateRequest request) {
        return new WatchRequest(
                KeyRange.of(
                        firstKey(request).toByteArray(), request.getRangeEnd().toByteArray()),
                request.getStartRevision(),
                request.getWatchId(),
                request.getPrevKv(),
                request.getFiltersList().contains(FilterType.NOPUT),
                request.getFiltersList().contains(FilterType.NODELETE));
    }

    /** No key at all means the first one that there can be. */
    public static ByteString firstKey(WatchCreateRequest request) {
        return request.getKey().isEmpty() ? FIRST_KEY : request.getKey();
    }
}
