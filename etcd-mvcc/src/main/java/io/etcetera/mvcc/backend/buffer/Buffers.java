package io.etcetera.mvcc.backend.buffer;

import io.etcetera.mvcc.schema.Bucket;
import org.jspecify.annotations.Nullable;

/**
 * The two write buffers as of one moment. A reader takes this pair first and opens its LMDB transaction afterwards:
 * what leaves the buffers between the two is in the transaction already, so that no record is ever hidden.
 *
 * @param filling takes new writes
 * @param committing is on its way to disk; null if none is
 */
public record Buffers(WriteBuffer filling, @Nullable WriteBuffer committing) {

    /** As {@link WriteBuffer#get}, from the newest buffer that knows the key. */
    public byte @Nullable [] get(Bucket bucket, byte[] storedKey) {
        byte[] value = filling.get(bucket, storedKey);
        return value == null && committing != null ? committing.get(bucket, storedKey) : value;
    }

    /** As {@link WriteBuffer#record}, from the newest buffer that knows the revision. */
    public byte @Nullable [] record(long main, long sub) {
        byte[] value = filling.record(main, sub);
        return value == null && committing != null ? committing.record(main, sub) : value;
    }
}
