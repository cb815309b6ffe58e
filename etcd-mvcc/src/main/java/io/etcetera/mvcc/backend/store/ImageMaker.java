package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.StoreImageException;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.env.LmdbImage;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes images of the store for other members, and ends them when the store is closed. Thread-safe. */
final class ImageMaker implements AutoCloseable {
    private final StoreFiles files;
    private final CopyOptions options;
    private final Set<LmdbImage> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ImageMaker(StoreFiles files, CopyOptions options) {
        this.files = files;
        this.options = options;
    }

    /** As {@link io.etcetera.mvcc.backend.ReplaceableBackend#image()}. */
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
        LmdbImage image = null;
        while (image == null) { // commits have overtaken the transaction
            image = LmdbImage.open(source.acquire(), this::checkSpace, open::remove);
        }
        open.add(image);
        if (closed) {
            image.abandon();
        }
        return image;
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
        open.forEach(LmdbImage::abandon);
    }
}
