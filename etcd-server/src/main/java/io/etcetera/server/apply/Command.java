package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;

/**
 * A decoded entry on its way down the chain of appliers.
 *
 * @param index its place in the log
 */
record Command(RequestKind kind, InternalRaftRequest request, long index) {

    static Command of(InternalRaftRequest request, long index) {
        return new Command(RequestKind.of(request), request, index);
    }

    long requestId() {
        return request.getHeader().getID();
    }
}
