package io.etcetera.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.etcetera.server.testing.LeftThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs classes of tests as a user's build does, and looks at what is left. */
@Timeout(240)
class LifecycleTest {
    private static final Queue<Path> DIRECTORIES = new ConcurrentLinkedQueue<>();

    private static TestExecutionSummary run(Class<?> tests) {
        DIRECTORIES.clear();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(tests))
                                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                                .configurationParameter(
                                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                                .build(),
                        listener);
        return listener.getSummary();
    }

    private static void remember(EtcdCluster cluster) {
        DIRECTORIES.add(cluster.caFile().getParent());
    }

    /** Two at once, each in a cluster of its own. */
    static class Parallel {
        private static final CountDownLatch BOTH = new CountDownLatch(2);

        @Test
        @WithEtcd(tls = true)
        void one(EtcdCluster cluster) throws Exception {
            meet(cluster);
        }

        @Test
        @WithEtcd(tls = true)
        void another(EtcdCluster cluster) throws Exception {
            meet(cluster);
        }

        private static void meet(EtcdCluster cluster) throws InterruptedException {
            remember(cluster);
            BOTH.countDown();
            assertThat(BOTH.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Values.put(cluster.channel(), "key", "value")).isEqualTo(2);
        }
    }

    @Test
    void parallelTestsLeaveNothingBehind() throws InterruptedException {
        LeftThreads left = LeftThreads.sinceNow();
        TestExecutionSummary summary = run(Parallel.class);
        assertThat(summary.getFailures()).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
        assertThat(DIRECTORIES)
                .hasSize(2)
                .noneMatch(directory -> directory.toFile().exists());
        assertThat(left.awaitNone()).isEmpty();
    }

    /** Cannot start: heartbeats would be as rare as elections. */
    static class Refused {
        @RegisterExtension
        static final EtcdClusterExtension cluster = EtcdClusterExtension.builder()
                .withNodes(2)
                .withConfig(options -> {
                    DIRECTORIES.add(options.build().dataDir().getParent());
                    return options.electionTimeout(Duration.ofMillis(1));
                })
                .build();

        @Test
        void isNotReached() {
            throw new AssertionError("ran without a cluster");
        }
    }

    @Test
    void aStartThatFailsSaysWhyAndLeavesNothingBehind() throws InterruptedException {
        LeftThreads left = LeftThreads.sinceNow();
        TestExecutionSummary summary = run(Refused.class);
        assertThat(summary.getTestsStartedCount()).isZero();
        assertThat(summary.getFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getException())
                        .hasMessageContaining("--election-timeout[1ms] should be at least as 5 times"));
        assertThat(DIRECTORIES)
                .hasSize(2)
                .noneMatch(directory -> directory.toFile().exists());
        assertThat(left.awaitNone()).isEmpty();
    }
}
