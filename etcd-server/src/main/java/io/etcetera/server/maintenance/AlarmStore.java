package io.etcetera.server.maintenance;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmResponse;
import io.etcetera.proto.etcdserverpb.AlarmType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alarms in force, kept in bucket {@code alarm} as the encoded {@code AlarmMember} with nothing behind it. Written by the
 * apply thread alone; the list is replaced as a whole, so that anyone may read it.
 */
public final class AlarmStore implements AlarmView {
    private static final Logger log = LoggerFactory.getLogger(AlarmStore.class);
    private static final byte[] NOTHING = {};
    private static final Comparator<AlarmMember> ORDER = Comparator.comparingInt(AlarmMember::getAlarmValue)
            .thenComparing(AlarmMember::getMemberID, Long::compareUnsigned);

    private final Backend backend;
    private final AlarmListener listener;
    private volatile List<AlarmMember> active = List.of();

    /**
     * Loads what is in the backend.
     *
     * @param listener told of alarms that are on already, too
     */
    public AlarmStore(Backend backend, AlarmListener listener) {
        this.backend = backend;
        this.listener = listener;
        reload();
    }

    private static List<AlarmMember> load(Backend backend) {
        List<AlarmMember> loaded = new ArrayList<>();
        backend.forEach(Bucket.ALARM, (key, value) -> loaded.add(decode(key)));
        loaded.sort(ORDER);
        return loaded;
    }

    /** Takes over what is in the backend by now, after another store was put in its place. Apply thread only. */
    public void reload() {
        replace(load(backend));
    }

    private void replace(List<AlarmMember> now) {
        List<AlarmMember> before = active;
        active = List.copyOf(now);
        before.stream().filter(alarm -> !now.contains(alarm)).forEach(listener::cleared);
        now.stream().filter(alarm -> !before.contains(alarm)).forEach(listener::raised);
    }

    private static AlarmMember decode(byte[] key) {
        try {
            return AlarmMember.parseFrom(key);
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptStoreException("a key of bucket alarm is not an AlarmMember", e);
        }
    }

    @Override
    public List<AlarmMember> active() {
        return active;
    }

    /** Whether an alarm of this kind is on, for whichever member. */
    public boolean isRaised(AlarmType type) {
        for (AlarmMember alarm : active) {
            if (alarm.getAlarm() == type) {
                return true;
            }
        }
        return false;
    }

    /** Applies a request, inside an entry of the backend. The response has no header yet. Apply thread only. */
    public AlarmResponse apply(AlarmRequest request) {
        AlarmMember alarm = AlarmMember.newBuilder()
                .setMemberID(request.getMemberID())
                .setAlarmValue(request.getAlarmValue())
                .build();
        AlarmResponse.Builder response = AlarmResponse.newBuilder();
        switch (request.getAction()) {
            case GET ->
                active.stream()
                        .filter(a -> alarm.getAlarm() == AlarmType.NONE || a.getAlarmValue() == alarm.getAlarmValue())
                        .forEach(response::addAlarms);
            case ACTIVATE -> {
                if (alarm.getAlarm() != AlarmType.NONE) {
                    activate(alarm);
                    response.addAlarms(alarm);
                }
            }
            case DEACTIVATE -> {
                if (deactivate(alarm)) {
                    response.addAlarms(alarm);
                }
            }
            case UNRECOGNIZED -> {
                // Nothing to do and nothing to report, as in etcd.
            }
        }
        return response.build();
    }

    private void activate(AlarmMember alarm) {
        if (active.contains(alarm)) {
            return;
        }
        backend.put(Bucket.ALARM, alarm.toByteArray(), NOTHING);
        List<AlarmMember> changed = new ArrayList<>(active);
        changed.add(alarm);
        changed.sort(ORDER);
        replace(changed);
        log.atWarn()
                .addKeyValue("alarm", alarm.getAlarm().toString())
                .addKeyValue("from", Long.toHexString(alarm.getMemberID()))
                .log("alarm raised");
    }

    private boolean deactivate(AlarmMember alarm) {
        if (!active.contains(alarm)) {
            return false;
        }
        backend.delete(Bucket.ALARM, alarm.toByteArray());
        replace(active.stream().filter(a -> !a.equals(alarm)).toList());
        log.atWarn()
                .addKeyValue("alarm", alarm.getAlarm().toString())
                .addKeyValue("from", Long.toHexString(alarm.getMemberID()))
                .log("alarm disarmed");
        return true;
    }
}
