package io.etcetera.server.apply;

import io.etcetera.server.cluster.MemberIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says who leads, in the lines that operators of etcd look for. Apply thread only. */
final class LeaderLog {
    private static final Logger log = LoggerFactory.getLogger(LeaderLog.class);

    private final String member;
    private long leader;

    LeaderLog(long memberId) {
        this.member = MemberIds.toText(memberId);
    }

    void leaderChanged(long newLeader, long term) {
        long previous = leader;
        leader = newLeader;
        if (newLeader == previous) {
            return;
        }
        if (newLeader == 0) {
            log.info("raft.node: {} lost leader {} at term {}", member, MemberIds.toText(previous), term);
        } else if (previous == 0) {
            log.info("raft.node: {} elected leader {} at term {}", member, MemberIds.toText(newLeader), term);
        } else {
            log.info(
                    "raft.node: {} changed leader from {} to {} at term {}",
                    member,
                    MemberIds.toText(previous),
                    MemberIds.toText(newLeader),
                    term);
        }
    }

    void leaderStarted(long term) {
        log.info("{} became leader at term {}", member, term);
    }
}
