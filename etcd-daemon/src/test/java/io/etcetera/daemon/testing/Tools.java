package io.etcetera.daemon.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the programs that the tests run: ours from the distribution, stock ones from the cache that CI fills. */
public final class Tools {
    private static final Path CACHE = cache();

    private Tools() {}

    /** Our launcher. */
    public static Path ourEtcd() {
        Path dist = Path.of(System.getProperty("etcetera.dist", "target/dist")).toAbsolutePath();
        return dist.resolve("bin/etcd");
    }

    /** A stock 3.7.1 program; skips the test, saying how to get it, when there is none. */
    public static Path stock(String program) {
        Path path = CACHE.resolve("stock-3.7.1").resolve(program);
        assumeTrue(Files.isExecutable(path), "stock " + program + " is missing: run .ci/stock-tools (needs Go)");
        return path;
    }

    /** A Python that has the etcd3 client; skips the test, saying how to get it, when there is none. */
    public static Path python() {
        Path path = CACHE.resolve("python/bin/python");
        assumeTrue(Files.isExecutable(path), "the Python client is missing: run .ci/stock-tools (needs Python)");
        return path;
    }

    private static Path cache() {
        String own = System.getenv("ETCETERA_CACHE");
        if (own != null) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("etcetera");
    }
}
