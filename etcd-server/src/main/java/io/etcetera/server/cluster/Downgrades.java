package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.DowngradeInfoSetRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the cluster on the way to the release before, as etcd does: the cluster's and the store's version go down by one minor, so that
 * the older release would accept them. Each answer is the cluster's version, such as {@code 3.7}. Thread-safe, never blocks.
 */
public final class Downgrades {
    private static final Logger log = LoggerFactory.getLogger(Downgrades.class);
    private static final Pattern SEMANTIC =
            Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})\\.[0-9]{1,18}(-[0-9A-Za-z.-]+)?([+][0-9A-Za-z.-]+)?");

    private final VersionView versions;
    private final ReadBarrier reads;
    private final Proposer proposer;

    public Downgrades(VersionView versions, ReadBarrier reads, Proposer proposer) {
        this.versions = versions;
        this.reads = reads;
        this.proposer = proposer;
    }

    /**
     * Answers whether the cluster could be put on the way to a version.
     *
     * @param version with or without a patch
     * @param callback fails with WRONG_DOWNGRADE_VERSION_FORMAT, CLUSTER_VERSION_UNAVAILABLE, INVALID_DOWNGRADE_TARGET_VERSION or
     *     DOWNGRADE_IN_PROCESS, or as a read does
     */
    public void validate(String version, ResultCallback<String> callback) {
        check(version, new Step(callback) {
            @Override
            public void completed(String target) {
                callback.completed(clusterVersion());
            }
        });
    }

    /** Puts the cluster on the way to a version; fails as {@link #validate} or a proposal does. */
    public void enable(String version, ResultCallback<String> callback) {
        ResultCallback<String> logged = new ResultCallback<>() {
            @Override
            public void completed(String result) {
                callback.completed(result);
            }

            @Override
            public void failed(EtcdException error) {
                log.atWarn().addKeyValue("error", error.getMessage()).log("reject downgrade request");
                callback.failed(error);
            }
        };
        check(version, new Step(logged) {
            @Override
            public void completed(String target) {
                propose(DowngradeInfoSetRequest.newBuilder().setEnabled(true).setVer(target), logged);
            }
        });
    }

    /** Ends the way that the cluster is on. Never fails, as in etcd: what keeps it from ending is logged. */
    public void cancel(ResultCallback<String> callback) {
        ResultCallback<String> lenient = new ResultCallback<>() {
            @Override
            public void completed(String result) {
                callback.completed(result);
            }

            @Override
            public void failed(EtcdException error) {
                log.atWarn().addKeyValue("error", error.getMessage()).log("failed to cancel downgrade");
                callback.completed(clusterVersion());
            }
        };
        reads.await("", new Step(lenient) {
            @Override
            public void completed(String none) {
                if (versions.downgrade().enabled()) {
                    propose(DowngradeInfoSetRequest.newBuilder(), lenient);
                } else {
                    lenient.failed(new EtcdException(EtcdError.NO_INFLIGHT_DOWNGRADE));
                }
            }
        });
    }

    /** Hands the target, as a cluster version, to the next step. */
    private void check(String version, ResultCallback<String> next) {
        Optional<String> target = parse(version).or(() -> parse(version + ".0"));
        if (target.isEmpty()) {
            next.failed(new EtcdException(EtcdError.WRONG_DOWNGRADE_VERSION_FORMAT));
            return;
        }
        if (versions.cluster().isEmpty()) {
            next.failed(new EtcdException(EtcdError.CLUSTER_VERSION_UNAVAILABLE));
            return;
        }
        reads.await(target.get(), new Step(next) {
            @Override
            public void completed(String wanted) {
                if (!wanted.equals(targetOf(versions.cluster().orElse("")))) {
                    next.failed(new EtcdException(EtcdError.INVALID_DOWNGRADE_TARGET_VERSION));
                } else if (versions.downgrade().enabled()) {
                    next.failed(new EtcdException(EtcdError.DOWNGRADE_IN_PROCESS));
                } else {
                    next.completed(wanted);
                }
            }
        });
    }

    private void propose(DowngradeInfoSetRequest.Builder change, ResultCallback<String> callback) {
        proposer.propose(InternalRaftRequest.newBuilder().setDowngradeInfoSet(change), new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                callback.completed(clusterVersion());
            }

            @Override
            public void failed(EtcdException error) {
                callback.failed(error);
            }
        });
    }

    private String clusterVersion() {
        return versions.cluster().map(VersionTable::majorMinor).orElse("");
    }

    private static Optional<String> parse(String version) {
        Matcher parts = SEMANTIC.matcher(version);
        return parts.matches()
                ? Optional.of(clusterVersion(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    /** The only version to which a cluster can go from a version: one minor less. Empty if that is no version. */
    public static String targetOf(String version) {
        Matcher parts = SEMANTIC.matcher(version);
        return parts.matches()
                ? clusterVersion(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)) - 1)
                : "";
    }

    private static String clusterVersion(long major, long minor) {
        return major + "." + minor + ".0";
    }

    /** One of several steps to an answer: what fails here fails as a whole. */
    private abstract static class Step implements ResultCallback<String> {
        private final ResultCallback<String> whole;

        Step(ResultCallback<String> whole) {
            this.whole = whole;
        }

        @Override
        public void failed(EtcdException error) {
            whole.failed(error);
        }
    }
}
