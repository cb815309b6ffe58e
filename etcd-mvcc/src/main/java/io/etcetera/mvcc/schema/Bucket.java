package io.etcetera.mvcc.schema;

/** The buckets of the store, with etcd's names. */
public enum Bucket {
    /** Revision key to encoded {@code mvccpb.KeyValue}. */
    KEY("key"),
    /** Consistent index, term, compaction marks, storage version. */
    META("meta"),
    /** Lease ID to encoded {@code leasepb.Lease}. */
    LEASE("lease"),
    /** Encoded {@code AlarmMember} to nothing. */
    ALARM("alarm"),
    /** Cluster version, downgrade state. */
    CLUSTER("cluster"),
    /** Member ID in hex to JSON. */
    MEMBERS("members"),
    /** Member ID in hex to the word "removed". */
    MEMBERS_REMOVED("members_removed"),
    /** Whether authentication is on, and its revision. */
    AUTH("auth"),
    /** User name to encoded {@code authpb.User}. */
    AUTH_USERS("authUsers"),
    /** Role name to encoded {@code authpb.Role}. */
    AUTH_ROLES("authRoles");

    private final String bucketName;

    Bucket(String bucketName) {
        this.bucketName = bucketName;
    }

    /** The name on disk. */
    public String bucketName() {
        return bucketName;
    }
}
