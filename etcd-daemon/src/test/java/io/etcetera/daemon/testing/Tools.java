package io.etcetera.daemon.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the programs that the tests run: ours from the distribution, stock ones from the cache that CI fills. */
public final class Tools {
    private static final Path CACHE = cache();

    private Tools() {}

    /** Our distribution. */
    public static Path dist() {
        return Path.of(System.getProperty("etcetera.dist", "target/dist")).toAbsolutePath();
    }

    /** Our launcher. */
    public static Path ourEtcd() {
        return dist().resolve("bin/etcd");
    }

    /** A stock 3.7.1 program; skips the test, saying how to get it, when there is none. */
    public static Path stock(String program) {
        Path path = CACHE.resolve("stock-3.7.1").resolve(program);
        assumeTrue(Files.isExecutable(path), "stock " + program + " is missing: run .ci/stock-tools (needs Go)");
        return path;
    }

    /** The stock server of a release, for the files that it leaves: 3.4, 3.5, 3.6 or 3.7.1. */
    public static Path stockServer(String release) {
        Path path = CACHE.resolve("stock-" + release).resolve("etcd");
        assumeTrue(Files.isExecutable(path), "stock etcd " + release + " is missing: run .ci/stock-tools");
        return path;
    }

    /** A Python that has the etcd3 client; skips the test, saying how to get it, when there is none. */
    public static Path python() {
        Path path = CACHE.resolve("python/bin/python");
        assumeTrue(Files.isExecutable(path), "the Python client is missing: run .ci/stock-tools (needs Python)");
        return path;
    }

    /** The directory that holds Node's etcd3 among its modules; skips the test when there is none. */
    public static Path nodeModules() {
        Path path = CACHE.resolve("node-1.1.2/node_modules");
        assumeTrue(Files.isDirectory(path), "the Node client is missing: run .ci/stock-tools (needs npm)");
        return path;
    }

    /** An example program of the Rust client; skips the test when there is none. */
    public static Path rustExample(String name) {
        Path path = CACHE.resolve("rust-0.21.1/examples").resolve(name);
        assumeTrue(Files.isExecutable(path), "the Rust examples are missing: run .ci/stock-tools (needs cargo)");
        return path;
    }

    /** Compiled tests or examples of etcd's Go client; skips the test when there are none. */
    public static Path goClient(String program) {
        Path path = CACHE.resolve("go-client-3.7.1").resolve(program + ".test");
        assumeTrue(Files.isExecutable(path), "the Go examples are missing: run .ci/stock-tools (needs Go)");
        return path;
    }

    /** etcd's own end-to-end suite, compiled; skips the test when there is none. Runs in {@code common} beside it. */
    public static Path suite() {
        Path path = CACHE.resolve("suite-3.7.1/common.test");
        assumeTrue(Files.isExecutable(path), "etcd's own suite is missing: run .ci/stock-tools (needs Go)");
        return path;
    }

    /** The expressions of etcd's dashboards and alerts, one on each line; skips the test when there are none. */
    public static Path mixin() {
        Path path = CACHE.resolve("mixin-3.7.1/expressions");
        assumeTrue(Files.isReadable(path), "etcd's mixin is missing: run .ci/stock-tools (needs Go)");
        return path;
    }

    /** A Prometheus; skips the test when there is none. */
    public static Path prometheus() {
        Path path = Path.of("/usr/bin/prometheus");
        assumeTrue(Files.isExecutable(path), "Prometheus is missing: apt-get install prometheus");
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
