package io.etcetera.server.consistency;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmRequest.AlarmAction;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises the alarm that stops all writes until an operator has looked into it. */
final class CorruptAlarm {
    /** Stands for the cluster as a whole, where nobody can say which member is wrong. */
    static final long ALL = 0;

    private static final Logger log = LoggerFactory.getLogger(CorruptAlarm.class);

    private final Proposer proposer;

    CorruptAlarm(Proposer proposer) {
        this.proposer = proposer;
    }

    /** Proposes it and does not wait; if that fails, the next check will find the same. */
    void raise(long memberId) {
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setAlarm(AlarmRequest.newBuilder()
                        .setMemberID(memberId)
                        .setAction(AlarmAction.ACTIVATE)
                        .setAlarm(AlarmType.CORRUPT));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                // Whoever applied it has logged it.
            }

            @Override
            public void failed(EtcdException error) {
                log.atWarn()
                        .addKeyValue("member-id", Long.toHexString(memberId))
                        .addKeyValue("error", error.getMessage())
                        .log("failed to raise a corrupt alarm");
            }
        });
    }
}
