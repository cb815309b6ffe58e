package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.schema.Bucket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Computes what stands before each value in LMDB, big-endian: the CRC-32C of the bucket's name, the key as LMDB has it,
 * and the value, one after the other. With name and key in it, a record that got under another key or into another
 * bucket is noticed as well. One thread at a time.
 */
final class RecordChecksum {
    /** Bytes that it takes before the value. */
    static final int BYTES = Integer.BYTES;

    private static final Map<Bucket, byte[]> NAMES = new EnumMap<>(Bucket.class);

    static {
        for (Bucket bucket : Bucket.values()) {
            NAMES.put(bucket, bucket.bucketName().getBytes(StandardCharsets.US_ASCII));
        }
    }

    private final CRC32C crc = new CRC32C();

    int of(Bucket bucket, byte[] key, byte[] value) {
        return of(bucket, key, key.length, value, value.length);
    }

    /** Of the first {@code keyLength} and {@code valueLength} bytes of the two arrays. */
    int of(Bucket bucket, byte[] key, int keyLength, byte[] value, int valueLength) {
        byte[] name = Objects.requireNonNull(NAMES.get(bucket));
        crc.reset();
        crc.update(name, 0, name.length);
        crc.update(key, 0, keyLength);
        crc.update(value, 0, valueLength);
        return (int) crc.getValue();
    }
}
