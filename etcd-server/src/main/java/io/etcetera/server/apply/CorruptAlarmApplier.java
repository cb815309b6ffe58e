package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.server.EtcdError;
import io.etcetera.server.maintenance.AlarmStore;

/** While a CORRUPT alarm is on, nothing that touches keys or leases is applied. */
final class CorruptAlarmApplier implements Applier {
    private final AlarmStore alarms;
    private final Applier next;

    CorruptAlarmApplier(AlarmStore alarms, Applier next) {
        this.alarms = alarms;
        this.next = next;
    }

    @Override
    public ApplyResult apply(Command command) {
        boolean refused = switch (command.kind()) {
            case PUT, DELETE_RANGE, TXN, COMPACTION, LEASE_GRANT, LEASE_REVOKE -> alarms.isRaised(AlarmType.CORRUPT);
            case ALARM,
                    CLUSTER_VERSION_SET,
                    CLUSTER_MEMBER_ATTR_SET,
                    DOWNGRADE_INFO_SET,
                    DOWNGRADE_VERSION_TEST,
                    MEMBERSHIP_CHANGE,
                    AUTH_ADMINISTRATION,
                    AUTH_USER_GET,
                    AUTH_ROLE_GET,
                    AUTH_STATUS,
                    AUTHENTICATE -> false;
        };
        return refused ? ApplyResult.refused(EtcdError.CORRUPT) : next.apply(command);
    }
}
