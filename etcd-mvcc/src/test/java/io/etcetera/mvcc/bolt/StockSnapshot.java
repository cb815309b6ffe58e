package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * A snapshot that etcd 3.7.1 gave out, checksum at its end included: 400 keys in transactions of 20, one value of 20,000
 * bytes, some deletes, a lease, a user and a role. The figures are those of its {@code etcdutl snapshot status}.
 */
public final class StockSnapshot {
    public static final long HASH = 1876449270;
    public static final long REVISION = 24;
    public static final long KEYS = 392;
    public static final long SIZE_BYTES = 126976;

    private StockSnapshot() {}

    public static byte[] bytes() {
        try (InputStream packed = StockSnapshot.class.getResourceAsStream("/bolt/etcd-3.7.1-snapshot.db.gz");
                InputStream in = new GZIPInputStream(Objects.requireNonNull(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path in(Path directory) throws IOException {
        return Files.write(directory.resolve("stock.db"), bytes());
    }
}
