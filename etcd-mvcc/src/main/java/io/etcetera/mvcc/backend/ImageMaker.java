package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreImageException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes images of the store for other members, and ends them when the store is closed. Thread-safe. */
final class ImageMaker implements AutoCloseable {
    private final StoreFiles files;
    private final DefragmentationOptions options;
    private final Set<StoreImage> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ImageMaker(StoreFiles files, DefragmentationOptions options) {
        this.files = files;
        this.options = options;
    }

    /** As {@link ReplaceableBackend#image()}. */
    CompletionStage<StoreImage> make(Supplier<LmdbBackend> source) {
        LmdbBackend present = source.get();
        return present.commit().handle((index, failure) -> {
            if (failure != null) {
                throw failure(failure.getMessage(), failure);
            }
            try {
                checkSpace();
                return open(present);
            } catch (IOException | RuntimeException e) {
                throw failure(e.getMessage(), e);
            }
        });
    }

    private StoreImage open(LmdbBackend source) throws IOException {
        StoreImage image = null;
        while (image == null) {
            image = openOf(source.acquire());
        }
        open.add(image);
        if (closed) {
            image.abandon();
        }
        return image;
    }

    /** Null if commits have overtaken the transaction. */
    private @Nullable StoreImage openOf(ReadTxn txn) throws IOException {
        StoreImage opened = null;
        try {
            LmdbMeta meta = txn.meta();
            opened = meta == null ? null : new StoreImage(txn, meta, this::checkSpace, open::remove);
            return opened;
        } finally {
            if (opened == null) {
                txn.close();
            }
        }
    }

    private void checkSpace() throws IOException {
        String lack = files.lackOfSpace(0, options.reserveBytes());
        if (lack != null) {
            throw new IOException(lack);
        }
    }

    private StoreImageException failure(@Nullable String why, Throwable cause) {
        return new StoreImageException("cannot copy " + files.store() + " for another member: " + why, cause);
    }

    /** Has those who read images fail. Idempotent. */
    @Override
    public void close() {
        closed = true;
        open.forEach(StoreImage::abandon);
    }
}
