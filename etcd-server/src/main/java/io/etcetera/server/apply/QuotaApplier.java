package io.etcetera.server.apply;

import io.etcetera.server.EtcdError;
import io.etcetera.server.maintenance.BackendQuota;
import io.etcetera.server.maintenance.QuotaCost;

/**
 * Checks the quota once more, since many requests may have passed the check before the log together. Sizes differ from
 * member to member, so the request is applied in any case; only the answer says that space has run out, and the alarm,
 * which goes through the log, stops what comes after.
 */
final class QuotaApplier implements Applier {
    private final BackendQuota quota;
    private final Applier next;

    QuotaApplier(BackendQuota quota, Applier next) {
        this.quota = quota;
        this.next = next;
    }

    @Override
    public ApplyResult apply(Command command) {
        boolean fits = quota.hasRoomFor(QuotaCost.of(command.request()));
        ApplyResult result = next.apply(command);
        if (fits || result instanceof ApplyResult.Refused) {
            return result;
        }
        quota.raiseAlarm();
        return ApplyResult.refused(EtcdError.NO_SPACE);
    }
}
