package io.etcetera.server.text;

import io.etcetera.proto.etcdserverpb.InternalRaftRequestOrBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What etcd's metrics call the kinds of requests that go through the log. */
public final class RequestNames {
    /** In the order in which etcd looks for them; the frequent ones are looked for before all others. */
    private static final List<Map.Entry<String, Predicate<InternalRaftRequestOrBuilder>>> OTHERS = List.of(
            Map.entry("Compaction", InternalRaftRequestOrBuilder::hasCompaction),
            Map.entry("Alarm", InternalRaftRequestOrBuilder::hasAlarm),
            Map.entry("ClusterVersionSet", InternalRaftRequestOrBuilder::hasClusterVersionSet),
            Map.entry("ClusterMemberAttrSet", InternalRaftRequestOrBuilder::hasClusterMemberAttrSet),
            Map.entry("DowngradeInfoSet", InternalRaftRequestOrBuilder::hasDowngradeInfoSet),
            Map.entry("DowngradeVersionTest", InternalRaftRequestOrBuilder::hasDowngradeVersionTest),
            Map.entry("Authenticate", InternalRaftRequestOrBuilder::hasAuthenticate),
            Map.entry("AuthEnable", InternalRaftRequestOrBuilder::hasAuthEnable),
            Map.entry("AuthDisable", InternalRaftRequestOrBuilder::hasAuthDisable),
            Map.entry("AuthUserAdd", InternalRaftRequestOrBuilder::hasAuthUserAdd),
            Map.entry("AuthUserDelete", InternalRaftRequestOrBuilder::hasAuthUserDelete),
            Map.entry("AuthUserChangePassword", InternalRaftRequestOrBuilder::hasAuthUserChangePassword),
            Map.entry("AuthUserGrantRole", InternalRaftRequestOrBuilder::hasAuthUserGrantRole),
            Map.entry("AuthUserGet", InternalRaftRequestOrBuilder::hasAuthUserGet),
            Map.entry("AuthUserRevokeRole", InternalRaftRequestOrBuilder::hasAuthUserRevokeRole),
            Map.entry("AuthRoleAdd", InternalRaftRequestOrBuilder::hasAuthRoleAdd),
            Map.entry("AuthRoleGrantPermission", InternalRaftRequestOrBuilder::hasAuthRoleGrantPermission),
            Map.entry("AuthRoleGet", InternalRaftRequestOrBuilder::hasAuthRoleGet),
            Map.entry("AuthRoleRevokePermission", InternalRaftRequestOrBuilder::hasAuthRoleRevokePermission),
            Map.entry("AuthRoleDelete", InternalRaftRequestOrBuilder::hasAuthRoleDelete),
            Map.entry("AuthUserList", InternalRaftRequestOrBuilder::hasAuthUserList),
            Map.entry("AuthRoleList", InternalRaftRequestOrBuilder::hasAuthRoleList));

    private RequestNames() {}

    /** The name of a request's kind; {@code unknown} for the few that etcd has no name for. */
    public static String of(InternalRaftRequestOrBuilder request) {
        if (request.hasPut()) {
            return "Put";
        } else if (request.hasTxn()) {
            return "Txn";
        } else if (request.hasDeleteRange()) {
            return "DeleteRange";
        } else if (request.hasLeaseGrant()) {
            return "LeaseGrant";
        } else if (request.hasLeaseRevoke()) {
            return "LeaseRevoke";
        }
        return OTHERS.stream()
                .filter(other -> other.getValue().test(request))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("unknown");
    }
}
