package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;

/** A decoded entry on its way down the chain of appliers. */
record Command(RequestKind kind, InternalRaftRequest request) {

    static Command of(InternalRaftRequest request) {
        return new Command(RequestKind.of(request), request);
    }

    long requestId() {
        return request.getHeader().getID();
    }
}
