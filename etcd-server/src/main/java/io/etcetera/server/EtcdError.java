package io.etcetera.server;

/**
 * Every error that a client of etcd can be given by name. The text is part of the API: clients compare it literally.
 * The gRPC code that goes with each is in the RPC layer's one table.
 */
public enum EtcdError {
    EMPTY_KEY("etcdserver: key is not provided"),
    KEY_NOT_FOUND("etcdserver: key not found"),
    VALUE_PROVIDED("etcdserver: value is provided"),
    LEASE_PROVIDED("etcdserver: lease is provided"),
    TOO_MANY_OPS("etcdserver: too many operations in txn request"),
    DUPLICATE_KEY("etcdserver: duplicate key given in txn request"),
    INVALID_CLIENT_API_VERSION("etcdserver: invalid client api version"),
    INVALID_SORT_OPTION("etcdserver: invalid sort option"),
    COMPACTED("etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
    NO_SPACE("etcdserver: mvcc: database space exceeded"),

    LEASE_NOT_FOUND("etcdserver: requested lease not found"),
    LEASE_EXISTS("etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
    NOT_PRIMARY_LESSOR("not a primary lessor"),

    WATCH_CANCELED("etcdserver: watch canceled"),

    REQUEST_TOO_LARGE("etcdserver: request is too large"),
    TOO_MANY_REQUESTS("etcdserver: too many requests"),

    NO_LEADER("etcdserver: no leader"),
    NOT_LEADER("etcdserver: not leader"),
    LEADER_CHANGED("etcdserver: leader changed"),
    STOPPED("etcdserver: server stopped"),
    TIMEOUT("etcdserver: request timed out"),
    TIMEOUT_DUE_TO_LEADER_FAIL("etcdserver: request timed out, possibly due to previous leader failure"),
    TIMEOUT_DUE_TO_CONNECTION_LOST("etcdserver: request timed out, possibly due to connection lost"),
    TIMEOUT_WAIT_APPLIED_INDEX("etcdserver: request timed out, waiting for the applied index took too long"),
    PROPOSAL_DROPPED("raft proposal dropped"),
    DEADLINE_EXCEEDED("context deadline exceeded"),
    CORRUPT("etcdserver: corrupt cluster"),

    STREAM_SORT_UNSUPPORTED("RangeStream does not support custom sort orders"),
    STREAM_FILTER_UNSUPPORTED("RangeStream does not support revision filters"),

    MEMBER_NOT_FOUND("etcdserver: member not found"),
    MEMBER_EXISTS("etcdserver: member ID already exist"),
    PEER_URL_EXISTS("etcdserver: Peer URLs already exists"),
    MEMBER_NOT_ENOUGH_STARTED("etcdserver: re-configuration failed due to not enough started members"),
    MEMBER_BAD_URLS("etcdserver: given member URLs are invalid"),
    MEMBER_NOT_LEARNER("etcdserver: can only promote a learner member"),
    LEARNER_NOT_READY("etcdserver: can only promote a learner member which is in sync with leader"),
    TOO_MANY_LEARNERS("etcdserver: too many learner members in cluster"),
    UNHEALTHY("etcdserver: unhealthy cluster"),
    NOT_SUPPORTED_FOR_LEARNER("etcdserver: rpc not supported for learner"),
    TIMEOUT_LEADER_TRANSFER("etcdserver: request timed out, leader transfer took too long"),
    BAD_LEADER_TRANSFEREE("etcdserver: bad leader transferee"),

    WRONG_DOWNGRADE_VERSION_FORMAT("etcdserver: wrong downgrade target version format"),
    INVALID_DOWNGRADE_TARGET_VERSION("etcdserver: invalid downgrade target version"),
    CLUSTER_VERSION_UNAVAILABLE("etcdserver: cluster version not found during downgrade"),
    DOWNGRADE_IN_PROCESS("etcdserver: cluster has a downgrade job in progress"),
    NO_INFLIGHT_DOWNGRADE("etcdserver: no inflight downgrade job"),
    UNKNOWN_METHOD("etcdserver: unknown method"),

    SESSION_EXPIRED("mutex: session is expired"),
    ELECTION_NOT_LEADER("election: not leader"),
    ELECTION_NO_LEADER("election: no leader"),
    LEADER_MISSING("\"leader\" field must be provided"),
    CANCELED("context canceled"),

    ROOT_USER_NOT_EXIST("etcdserver: root user does not exist"),
    ROOT_ROLE_NOT_EXIST("etcdserver: root user does not have root role"),
    USER_EXISTS("etcdserver: user name already exists"),
    USER_EMPTY("etcdserver: user name is empty"),
    USER_NOT_FOUND("etcdserver: user name not found"),
    ROLE_EXISTS("etcdserver: role name already exists"),
    ROLE_NOT_FOUND("etcdserver: role name not found"),
    ROLE_EMPTY("etcdserver: role name is empty"),
    AUTH_FAILED("etcdserver: authentication failed, invalid user ID or password"),
    PERMISSION_NOT_GIVEN("etcdserver: permission not given"),
    PERMISSION_DENIED("etcdserver: permission denied"),
    ROLE_NOT_GRANTED("etcdserver: role is not granted to the user"),
    PERMISSION_NOT_GRANTED("etcdserver: permission is not granted to the role"),
    AUTH_NOT_ENABLED("etcdserver: authentication is not enabled"),
    INVALID_AUTH_TOKEN("etcdserver: invalid auth token"),
    INVALID_AUTH_MGMT("etcdserver: invalid auth management"),
    AUTH_OLD_REVISION("etcdserver: revision of auth store is old"),
    NO_PASSWORD_USER("auth: authentication failed, password was given for no password user"),
    VERIFY_ONLY("auth: token signing attempted with verify-only key"),
    PASSWORD_TOO_LONG("bcrypt: password length exceeds 72 bytes"),

    /** A fault of ours: logged with its stack, and told to the client without it. */
    INTERNAL("etcdserver: internal error");

    private final String text;

    EtcdError(String text) {
        this.text = text;
    }

    /** The literal text that clients compare. */
    public String text() {
        return text;
    }
}
