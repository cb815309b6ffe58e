package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.server.EtcdError;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.maintenance.QuotaCost;

/** While a NOSPACE alarm is on, for whichever member, nothing that needs room is applied. */
final class NoSpaceAlarmApplier implements Applier {
    private final AlarmStore alarms;
    private final Applier next;

    NoSpaceAlarmApplier(AlarmStore alarms, Applier next) {
        this.alarms = alarms;
        this.next = next;
    }

    @Override
    public ApplyResult apply(Command command) {
        if (alarms.isRaised(AlarmType.NOSPACE) && QuotaCost.of(command.request()) > 0) {
            return ApplyResult.refused(EtcdError.NO_SPACE);
        }
        return next.apply(command);
    }
}
