package io.etcetera.mvcc.schema;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys that this server keeps in etcd's buckets and etcd does not know. They stay out of snapshots. */
public final class OwnKeys {
    private static final byte[] FOUNDED = "founded".getBytes(StandardCharsets.US_ASCII);

    private OwnKeys() {}

    /** In {@link Bucket#CLUSTER}: there once the log has said who the first members are. */
    public static byte[] founded() {
        return FOUNDED.clone();
    }

    /** Whether a key is one of them. */
    public static boolean contains(Bucket bucket, ByteView key) {
        return bucket == Bucket.CLUSTER && Arrays.equals(key.toArray(), FOUNDED);
    }
}
