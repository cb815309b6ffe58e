package io.etcetera.server.maintenance;

import io.etcetera.proto.etcdserverpb.AlarmMember;
import java.util.List;

/** Alarms in force, as applied on this member. Thread-safe. */
public interface AlarmView {
    /** Sorted by kind, then member. */
    List<AlarmMember> active();
}
