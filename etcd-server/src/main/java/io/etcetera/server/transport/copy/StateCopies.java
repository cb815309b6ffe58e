package io.etcetera.server.transport.copy;

import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.server.TimeSource;
import io.etcetera.server.transport.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Copies of this member's whole store for members that are too far behind. There is one at a time, which is given to all
 * whom it brings far enough, and kept for a while after its last use, so that a broken transfer can be gone on with. The
 * backend ends it when that is closed. Thread-safe.
 */
public final class StateCopies implements StateSource {
    /**
     * How long a copy is kept that nobody reads, and the log behind it: so long its receiver may take to go on with either.
     * The store cannot reuse pages meanwhile.
     */
    static final Duration KEPT = Duration.ofSeconds(30);

    private final ReplaceableBackend backend;
    private final TimeSource time;

    // Guarded by this.
    private @Nullable CompletableFuture<StoreImage> image;

    /** Who waits for the copy or reads it. */
    private int users;

    private long lastUseMillis;

    public StateCopies(ReplaceableBackend backend, TimeSource time) {
        this.backend = backend;
        this.time = time;
    }

    /** Which copy the receiver has a part of does not matter: there is only one that could be gone on with. */
    @Override
    public Copy open(long index, String copyId) throws IOException, InterruptedException {
        Copy opened = null;
        begin();
        try {
            opened = openInUse(index);
            return opened;
        } finally {
            if (opened == null) {
                end();
            }
        }
    }

    private Copy openInUse(long index) throws IOException, InterruptedException {
        while (true) {
            CompletableFuture<StoreImage> asked = ask();
            try {
                StoreImage made = asked.get();
                if (made.consistentIndex() >= index) {
                    return new OpenCopy(made, made.read());
                }
            } catch (ExecutionException e) {
                drop(asked);
                throw new IOException("there is no copy of the store: " + e.getMessage(), e);
            }
            if (backend.consistentIndex() < index) {
                throw new IOException(
                        "this member has come to entry " + backend.consistentIndex() + ", not to " + index);
            }
            drop(asked);
        }
    }

    private synchronized void begin() {
        users++;
    }

    private synchronized void end() {
        users--;
        lastUseMillis = time.monotonicMillis();
    }

    private synchronized CompletableFuture<StoreImage> ask() {
        CompletableFuture<StoreImage> asked = image;
        if (asked == null) {
            asked = backend.image().toCompletableFuture();
            image = asked;
        }
        return asked;
    }

    /** Has the next one who asks get a new copy, which takes the place of the old one. */
    private void drop(CompletableFuture<StoreImage> outdated) {
        synchronized (this) {
            if (image != outdated) {
                return;
            }
            image = null;
        }
        close(outdated);
    }

    private static void close(CompletableFuture<StoreImage> done) {
        if (!done.isCompletedExceptionally()) {
            done.join().close();
        }
    }

    /**
     * Whether a copy is being given, or has been a moment ago. If the log were cut meanwhile, its receiver would find that it
     * needs another one, and under load would never come to an end.
     */
    public synchronized boolean areGiven() {
        return image != null;
    }

    /** Removes a copy that nobody has used for a while. To be called now and then. */
    public void tick() {
        CompletableFuture<StoreImage> unused;
        synchronized (this) {
            unused = image;
            boolean isDue = users == 0 && time.monotonicMillis() - lastUseMillis >= KEPT.toMillis();
            if (unused == null || !unused.isDone() || !isDue) {
                return;
            }
            image = null;
        }
        close(unused);
    }

    private final class OpenCopy implements Copy {
        private final StoreImage made;
        private final StoreImage.Reader reader;
        private boolean closed;

        OpenCopy(StoreImage made, StoreImage.Reader reader) {
            this.made = made;
            this.reader = reader;
        }

        @Override
        public String id() {
            return made.id();
        }

        @Override
        public long length() {
            return made.lengthBytes();
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            reader.read(target);
            if (target.hasRemaining()) {
                throw new IOException("the copy ends " + target.remaining() + " bytes before what was asked for");
            }
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            reader.close();
            end();
        }
    }
}
