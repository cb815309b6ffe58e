package io.etcetera.server.apply;

import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.server.read.RangeOutcome;

/** Parts of responses. Headers made here hold the revision alone; the RPC layer fills in the rest of the outer one. */
final class Responses {
    private Responses() {}

    static ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    static RangeResponse range(RangeOutcome outcome, long headerRevision) {
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setHeader(header(headerRevision))
                .setMore(outcome.more())
                .setCount(outcome.count());
        for (StoredKeyValue kv : outcome.kvs()) {
            response.addKvs(kv.decode());
        }
        return response.build();
    }
}
