package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.StoreImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Carries the copy of a store from one member to another. */
public final class Images {
    private Images() {}

    /** Reads it in chunks of an odd size. */
    public static void copy(StoreImage image, Path to) throws IOException {
        try (StoreImage.Reader reader = image.read();
                FileChannel channel = FileChannel.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocate(70_001);
            long offset = 0;
            while (reader.read(chunk) > 0) {
                offset += channel.write(chunk.flip(), offset);
                chunk.clear();
            }
            if (offset != image.lengthBytes()) {
                throw new AssertionError("the copy ends at " + offset + " instead of " + image.lengthBytes());
            }
        }
    }
}
