package io.etcetera.server.maintenance;

import io.etcetera.proto.etcdserverpb.AlarmMember;

/** Learns of alarms, on the apply thread or the one that opens the store; must not block or throw. */
public interface AlarmListener {
    /** Nobody listens. */
    AlarmListener NONE = new AlarmListener() {
        @Override
        public void raised(AlarmMember alarm) {}

        @Override
        public void cleared(AlarmMember alarm) {}
    };

    /** It is on, since now or since before the store was opened. */
    void raised(AlarmMember alarm);

    /** It is over. */
    void cleared(AlarmMember alarm);
}
