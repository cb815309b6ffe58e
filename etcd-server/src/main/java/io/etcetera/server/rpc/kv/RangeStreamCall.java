package io.etcetera.server.rpc.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.PumpedCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.List;

/**
 * One RangeStream: the range in chunks, all read at the revision of the first. Chunks start at ten keys and follow the
 * size of the records: twice as many after a small chunk, half as many after a large one. With a negative limit there
 * is one chunk, as in etcd.
 */
final class RangeStreamCall extends PumpedCall<RangeRequest> implements ResultCallback<RangeRequest> {
    static final int FIRST_CHUNK_KEYS = 10;
    private static final int KEY_TAG = 1 << 3 | 2;

    private final RpcContext context;

    // Owned by the pump.
    private Caller caller = Caller.NOBODY;
    private RangeRequest request = RangeRequest.getDefaultInstance();
    private ByteString nextKey = ByteString.EMPTY;
    private long chunkKeys = FIRST_CHUNK_KEYS;
    /** What is read: the revision asked for, or that of the first chunk. */
    private long revision;
    /** What the header says: the store's revision when the first chunk was read. */
    private long headerRevision;

    private long sent;

    RangeStreamCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop, context.readers());
        this.context = context;
    }

    @Override
    protected void handle(RangeRequest range) throws EtcdException {
        context.validator().checkStream(range);
        if (range.getSerializable()) {
            completed(range);
        } else {
            context.parts().reads().await(range, this);
        }
    }

    @Override
    public void completed(RangeRequest range) {
        access().identify(Callbacks.then(this, who -> start(who, range)));
    }

    private void start(Caller who, RangeRequest range) {
        caller = who;
        request = range;
        nextKey = range.getKey();
        revision = range.getRevision();
        startSending();
    }

    @Override
    public void failed(EtcdException error) {
        closeLater(error);
    }

    @Override
    protected void sendNext() throws EtcdException {
        RangeOutcome chunk = access().range(caller, chunkRequest());
        if (headerRevision == 0) {
            headerRevision = chunk.revision();
            revision = revision > 0 ? revision : headerRevision;
        }
        sent += chunk.kvs().size();
        if (!chunk.more() || sent == request.getLimit()) {
            long total = request.getCountOnly() ? chunk.count() : sent + (chunk.more() ? remaining(chunk.kvs()) : 0);
            write(KvsOutbound.lastChunk(context.headers(), headerRevision, chunk.kvs(), chunk.more(), total));
            finish();
            return;
        }
        write(KvsOutbound.chunk(chunk.kvs()));
        nextKey = keyAfter(chunk.kvs());
        chunkKeys = nextChunkKeys(KvsOutbound.kvsSize(chunk.kvs()));
    }

    private RangeRequest chunkRequest() {
        return request.toBuilder()
                .setKey(nextKey)
                .setRevision(revision)
                .setLimit(chunkLimit())
                .build();
    }

    /**
     * How many keys come after these. Not what the chunk's own count leaves: it may have been sorted by something else
     * than the key, and then etcd counts from the last one, too.
     */
    private long remaining(List<StoredKeyValue> kvs) throws EtcdException {
        RangeRequest rest = request.toBuilder()
                .setKey(keyAfter(kvs))
                .setRevision(revision)
                .setCountOnly(true)
                .build();
        return access().range(caller, rest).count();
    }

    /** A negative limit is less than a chunk, so it is passed on as it is, and means that there is none. */
    private long chunkLimit() {
        long limit = request.getLimit();
        return limit == 0 ? chunkKeys : Math.min(chunkKeys, limit - sent);
    }

    private long nextChunkKeys(long lastSizeBytes) {
        long unit = context.parts().config().maxRequestBytes();
        if (lastSizeBytes < unit / 2) {
            return chunkKeys * 2;
        }
        return lastSizeBytes > unit * 2 ? Math.max(1, chunkKeys / 2) : chunkKeys;
    }

    /** The first key that can come after these. */
    private static ByteString keyAfter(List<StoredKeyValue> kvs) {
        StoredKeyValue last = kvs.get(kvs.size() - 1);
        CodedInputStream record = CodedInputStream.newInstance(last.encoded());
        try {
            if (record.readTag() != KEY_TAG) {
                throw new CorruptStoreException("record of revision " + last.modRevision() + " has no key");
            }
            return record.readBytes().concat(ByteString.copyFrom(new byte[1]));
        } catch (IOException e) {
            throw new CorruptStoreException("record of revision " + last.modRevision() + " is not a KeyValue", e);
        }
    }
}
