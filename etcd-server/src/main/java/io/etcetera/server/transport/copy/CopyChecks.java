package io.etcetera.server.transport.copy;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The checksums of a copy on its way: one for each chunk, to notice damage early, and one for all of it. */
final class CopyChecks {
    private CopyChecks() {}

    static int crc32c(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
