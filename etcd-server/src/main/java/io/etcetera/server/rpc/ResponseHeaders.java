package io.etcetera.server.rpc;

import io.etcetera.mvcc.KvStore;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.cluster.Membership;

/** Fills response headers, as messages and as bytes. Thread-safe. */
public final class ResponseHeaders {
    /** The header is field 1 of every response that has one. */
    public static final int HEADER_FIELD = 1;

    private static final int REVISION_FIELD = 3;
    private static final int TERM_FIELD = 4;

    private final long clusterId;
    private final long memberId;
    /** cluster_id and member_id, encoded: they never change. */
    private final byte[] ids;

    private final RaftNode raft;
    private final KvStore store;

    public ResponseHeaders(Membership membership, RaftNode raft, KvStore store) {
        this.clusterId = membership.clusterId();
        this.memberId = membership.memberId();
        this.ids = ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(memberId)
                .build()
                .toByteArray();
        this.raft = raft;
        this.store = store;
    }

    /** The store's current revision. */
    public long liveRevision() {
        return store.currentRevision();
    }

    /** A header with the store's current revision. */
    public ResponseHeader live() {
        return at(store.currentRevision());
    }

    /** A header with this revision; 0 leaves the field out. */
    public ResponseHeader at(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(memberId)
                .setRevision(revision)
                .setRaftTerm(raft.term())
                .build();
    }

    /** The header that an applied request came with holds its revision alone; 0 there means the current one. */
    public ResponseHeader completing(ResponseHeader applied) {
        return at(applied.getRevision() != 0 ? applied.getRevision() : store.currentRevision());
    }

    /** The present term, to be passed to the two methods below. */
    public long term() {
        return raft.term();
    }

    /** Bytes that {@link #put} writes. */
    public int size(long revision, long term) {
        return (int) Wire.bytesFieldSize(contentSize(revision, term));
    }

    /** Writes the header as field 1 of a response; returns the next position. */
    public int put(byte[] target, int position, long revision, long term) {
        int at = Wire.putBytesPrefix(target, position, HEADER_FIELD, contentSize(revision, term));
        System.arraycopy(ids, 0, target, at, ids.length);
        at = Wire.putField(target, at + ids.length, REVISION_FIELD, revision);
        return Wire.putField(target, at, TERM_FIELD, term);
    }

    /** A response that is nothing but a header. */
    public byte[] alone(long revision) {
        long term = term();
        byte[] encoded = new byte[size(revision, term)];
        put(encoded, 0, revision, term);
        return encoded;
    }

    private int contentSize(long revision, long term) {
        return ids.length + Wire.fieldSize(revision) + Wire.fieldSize(term);
    }
}
