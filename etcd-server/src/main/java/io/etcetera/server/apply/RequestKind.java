package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;

/** The kinds of requests that this version applies. */
enum RequestKind {
    PUT,
    DELETE_RANGE,
    TXN,
    COMPACTION,
    LEASE_GRANT,
    LEASE_REVOKE,
    ALARM,
    CLUSTER_VERSION_SET,
    CLUSTER_MEMBER_ATTR_SET,
    DOWNGRADE_INFO_SET,
    DOWNGRADE_VERSION_TEST,
    MEMBERSHIP_CHANGE,
    /** Changes of users and roles, and lists of them all: for root alone. */
    AUTH_ADMINISTRATION,
    AUTH_USER_GET,
    AUTH_ROLE_GET,
    AUTH_STATUS,
    AUTHENTICATE;

    /**
     * The kind of a request.
     *
     * @throws IllegalStateException if it is of none of these: skipping it would let this member's state drift away
     */
    static RequestKind of(InternalRaftRequest request) {
        if (request.hasPut()) {
            return PUT;
        } else if (request.hasTxn()) {
            return TXN;
        } else if (request.hasDeleteRange()) {
            return DELETE_RANGE;
        } else if (request.hasCompaction()) {
            return COMPACTION;
        } else if (request.hasLeaseGrant()) {
            return LEASE_GRANT;
        } else if (request.hasLeaseRevoke()) {
            return LEASE_REVOKE;
        } else if (request.hasAlarm()) {
            return ALARM;
        } else if (request.hasClusterVersionSet()) {
            return CLUSTER_VERSION_SET;
        } else if (request.hasClusterMemberAttrSet()) {
            return CLUSTER_MEMBER_ATTR_SET;
        } else if (request.hasDowngradeInfoSet()) {
            return DOWNGRADE_INFO_SET;
        } else if (request.hasDowngradeVersionTest()) {
            return DOWNGRADE_VERSION_TEST;
        } else if (request.hasMembershipChange()) {
            return MEMBERSHIP_CHANGE;
        }
        return ofAuth(request);
    }

    private static RequestKind ofAuth(InternalRaftRequest request) {
        if (request.hasAuthenticate()) {
            return AUTHENTICATE;
        } else if (request.hasAuthStatus()) {
            return AUTH_STATUS;
        } else if (request.hasAuthUserGet()) {
            return AUTH_USER_GET;
        } else if (request.hasAuthRoleGet()) {
            return AUTH_ROLE_GET;
        } else if (isAdministration(request)) {
            return AUTH_ADMINISTRATION;
        }
        throw new IllegalStateException(
                "the log holds a request of a kind that this version does not know; it was written by a newer version");
    }

    private static boolean isAdministration(InternalRaftRequest request) {
        return request.hasAuthEnable()
                || request.hasAuthDisable()
                || request.hasAuthUserAdd()
                || request.hasAuthUserDelete()
                || request.hasAuthUserChangePassword()
                || request.hasAuthUserGrantRole()
                || request.hasAuthUserRevokeRole()
                || request.hasAuthUserList()
                || request.hasAuthRoleAdd()
                || request.hasAuthRoleDelete()
                || request.hasAuthRoleGrantPermission()
                || request.hasAuthRoleRevokePermission()
                || request.hasAuthRoleList();
    }
}
