package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the bytes of a bbolt file go: one behind the other, from behind the meta pages on, and then the meta pages. */
@FunctionalInterface
public interface BoltOutput {

    /** Takes all that remains in {@code bytes}, which is used again afterwards, for this position in the file. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** A file, which is left open. */
    static BoltOutput to(FileChannel file) {
        return (bytes, position) -> {
            long at = position;
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
        };
    }
}
