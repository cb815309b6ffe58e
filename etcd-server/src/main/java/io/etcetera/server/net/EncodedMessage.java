package io.etcetera.server.net;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An encoded message on its way out. gRPC takes messages as input streams; telling the length beforehand and writing
 * straight into its buffer saves it every intermediate copy. Used once, by one thread at a time.
 */
public abstract class EncodedMessage extends InputStream implements KnownLength, Drainable {
    private final int size;
    private boolean drained;
    /** Set only if somebody reads instead of draining, as the in-process transport does. */
    private @Nullable InputStream reader;

    protected EncodedMessage(int size) {
        this.size = size;
    }

    /** Length of the message in bytes. */
    public final int size() {
        return size;
    }

    /** Writes exactly {@link #size()} bytes. */
    protected abstract void writeTo(OutputStream target) throws IOException;

    @Override
    public final int drainTo(OutputStream target) throws IOException {
        if (reader != null) {
            return (int) reader.transferTo(target);
        }
        if (drained) {
            return 0;
        }
        drained = true;
        writeTo(target);
        return size;
    }

    @Override
    public final int available() throws IOException {
        if (reader != null) {
            return reader.available();
        }
        return drained ? 0 : size;
    }

    @Override
    public final int read() throws IOException {
        return reader().read();
    }

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        return reader().read(target, offset, length);
    }

    private InputStream reader() throws IOException {
        InputStream present = reader;
        if (present == null) {
            ByteArrayOutputStream copy = new ByteArrayOutputStream(size);
            drainTo(copy);
            present = new ByteArrayInputStream(copy.toByteArray());
            reader = present;
        }
        return present;
    }
}
