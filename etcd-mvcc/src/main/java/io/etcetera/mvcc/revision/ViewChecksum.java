package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The CRC-32C (Castagnoli) of bytes that come piece by piece. One thread. */
final class ViewChecksum {
    private static final int CHUNK_BYTES = 8_192;

    private final CRC32C crc = new CRC32C();
    private final byte[] chunk = new byte[CHUNK_BYTES];

    /** Adds the name of a bucket. */
    void update(Bucket bucket) {
        crc.update(bucket.bucketName().getBytes(StandardCharsets.US_ASCII));
    }

    void update(ByteView bytes) {
        int length = bytes.length();
        for (int from = 0; from < length; from += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, length - from);
            bytes.copy(from, chunk, 0, count);
            crc.update(chunk, 0, count);
        }
    }

    /** Of all bytes so far. */
    int value() {
        return (int) crc.getValue();
    }
}
