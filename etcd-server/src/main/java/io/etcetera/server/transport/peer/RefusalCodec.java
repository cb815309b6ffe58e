package io.etcetera.server.transport.peer;

import io.etcetera.proto.peer.RefusalKind;
import io.etcetera.server.propose.LogRefusal;

/** How the refusal of a forwarded entry travels. */
final class RefusalCodec {
    private RefusalCodec() {}

    static byte[] encode(LogRefusal refusal) {
        RefusalKind kind = switch (refusal) {
            case NOT_TAKEN -> RefusalKind.NOT_TAKEN;
            case BUSY -> RefusalKind.BUSY;
            case UNDECIDED, STOPPED -> throw new IllegalArgumentException("leaves open what happened: " + refusal);
        };
        return new byte[] {(byte) kind.getNumber()};
    }

    /** @throws IllegalArgumentException if it is not the refusal of an entry */
    static LogRefusal decode(byte[] data) {
        RefusalKind kind = data.length == 1 ? RefusalKind.forNumber(data[0]) : null;
        if (kind == RefusalKind.NOT_TAKEN) {
            return LogRefusal.NOT_TAKEN;
        } else if (kind == RefusalKind.BUSY) {
            return LogRefusal.BUSY;
        }
        throw new IllegalArgumentException("not a refusal");
    }
}
