package io.etcetera.server;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.auth.AuthStore;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.propose.LogProposer;
import io.etcetera.server.rpc.MemberParts;
import java.util.Map;

/** Says where a member's metrics find what is not counted but looked at when somebody asks. */
final class MetricSources {
    private MetricSources() {}

    static void connect(MemberParts parts, LogProposer proposer, AuthStore auth) {
        MemberMetrics metrics = parts.metrics();
        metrics.store().watch(parts.store());
        metrics.watchAuth(() -> auth.get().revision());
        metrics.watchQuota(parts.quota()::quotaBytes);
        metrics.requests()
                .watch(
                        () -> (double) parts.raft().committedIndex(),
                        () -> (double) parts.appliedIndex().getAsLong(),
                        proposer::waiting);
        metrics.cluster().watch(parts.raft());
        metrics.cluster()
                .watchAlarms(() -> parts.alarms().active().stream()
                        .map(alarm -> Map.entry(alarm.getAlarm().toString(), alarm.getMemberID()))
                        .toList());
        metrics.cluster()
                .watch(
                        parts.membership().memberId(),
                        () -> parts.membership().members().stream()
                                .map(Member::getID)
                                .toList(),
                        parts.membership()::isLearner,
                        () -> parts.versions()
                                .cluster()
                                .map(MetricSources::majorMinor)
                                .orElse(""));
    }

    private static String majorMinor(String version) {
        return version.substring(0, version.lastIndexOf('.'));
    }
}
