package io.etcetera.server;

import io.etcetera.proto.etcdserverpb.AlarmMember;
import java.util.Optional;

/**
 * An alarm of the cluster.
 *
 * @param kind what is wrong
 * @param memberId with which member
 */
public record EtcdAlarm(Kind kind, long memberId) {

    /** What can be wrong. */
    public enum Kind {
        /** The member's store has reached its quota; the cluster takes nothing that makes it grow. */
        NO_SPACE,
        /** The member holds something else than the others. */
        CORRUPT
    }

    /** Empty for a kind that this release does not know. */
    static Optional<EtcdAlarm> of(AlarmMember alarm) {
        return switch (alarm.getAlarm()) {
            case NOSPACE -> Optional.of(new EtcdAlarm(Kind.NO_SPACE, alarm.getMemberID()));
            case CORRUPT -> Optional.of(new EtcdAlarm(Kind.CORRUPT, alarm.getMemberID()));
            case NONE, UNRECOGNIZED -> Optional.empty();
        };
    }
}
