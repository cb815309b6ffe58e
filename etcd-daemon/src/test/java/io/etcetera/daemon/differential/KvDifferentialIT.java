package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.Tools;
import org.junit.jupiter.api.Test;

/**
 * KV, transactions, compaction and leases: random operations get from this server what they get from stock etcd, field
 * by field. A failure names its seed and prints a short sequence of operations that ends in the difference.
 *
 * <p>A long run: {@code -Ddifferential.operations=1000000 -Ddifferential.seed=7 -Ddifferential.pairs=2}, several times as
 * fast with {@code -Ddifferential.norestarts=true}. The same seed
 * makes the same operations. {@link #main} does the same outside of a test, and goes on for as long as one likes.
 */
class KvDifferentialIT {
    private static final long OPERATIONS = 40_000;

    @Test
    void answersAreEqual() throws Exception {
        Tools.stock("etcd");
        Coverage coverage = run();
        assertThat(coverage.missing(ExpectedCoverage.names()))
                .as("what never occurred")
                .isEmpty();
    }

    public static void main(String[] args) throws Exception {
        run();
    }

    private static Coverage run() throws Exception {
        return DifferentialRun.asAsked(new KvWorkload(), OPERATIONS);
    }
}
