package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.RequestHeader;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.auth.Permissions;

/**
 * Refuses what the caller may not do. Who that is, the member that took the request has written into its header; whether he may is
 * decided here, where all members have the same users and roles.
 */
final class AuthApplier implements Applier {
    private final Permissions permissions;
    private final Applier next;

    AuthApplier(Permissions permissions, Applier next) {
        this.permissions = permissions;
        this.next = next;
    }

    @Override
    public ApplyResult apply(Command command) {
        if (permissions.state().isEnabled()) {
            try {
                check(command);
            } catch (EtcdException e) {
                return ApplyResult.refused(e.error());
            }
        }
        return next.apply(command);
    }

    private void check(Command command) throws EtcdException {
        InternalRaftRequest request = command.request();
        RequestHeader header = request.getHeader();
        Caller caller = new Caller(header.getUsername(), header.getAuthRevision());
        switch (command.kind()) {
            case PUT -> permissions.checkPut(caller, request.getPut());
            case DELETE_RANGE -> permissions.checkDelete(caller, request.getDeleteRange());
            case TXN -> permissions.checkTxn(caller, request.getTxn());
            case LEASE_REVOKE ->
                permissions.checkLeaseRevoke(caller, request.getLeaseRevoke().getID());
            case AUTH_ADMINISTRATION -> permissions.requireAdmin(caller);
            case AUTH_USER_GET ->
                permissions.checkGetUser(caller, request.getAuthUserGet().getName());
            case AUTH_ROLE_GET ->
                permissions.checkGetRole(caller, request.getAuthRoleGet().getRole());
            // These were checked by the member that took them, or come from a member itself.
            case COMPACTION,
                    LEASE_GRANT,
                    ALARM,
                    CLUSTER_VERSION_SET,
                    CLUSTER_MEMBER_ATTR_SET,
                    DOWNGRADE_INFO_SET,
                    DOWNGRADE_VERSION_TEST,
                    MEMBERSHIP_CHANGE,
                    AUTH_STATUS,
                    AUTHENTICATE -> {}
        }
    }
}
