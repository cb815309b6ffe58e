package io.etcetera.server.cluster.boot;

import io.etcetera.server.cluster.MemberIds;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which versions a running cluster may have for this server to join it: 3.0 up to its own. */
final class ClusterVersions {
    private static final Logger log = LoggerFactory.getLogger(ClusterVersions.class);
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})\\.[0-9]{1,9}.*");
    private static final int MAJOR = 3;
    private static final int NEWEST_MINOR = 7;

    private ClusterVersions() {}

    enum Verdict {
        COMPATIBLE,
        INCOMPATIBLE,
        /** Nobody said, or not in a way that can be read. */
        UNKNOWN
    }

    /** Judges what a member says, and logs what speaks against joining. */
    static Verdict judge(long memberId, String version) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            warn(memberId, version, "failed to parse cluster version of remote member");
            return Verdict.UNKNOWN;
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        if (major < MAJOR) {
            warn(memberId, version, "cluster version of remote member is not compatible; too low");
            return Verdict.INCOMPATIBLE;
        } else if (major > MAJOR || minor > NEWEST_MINOR) {
            warn(memberId, version, "cluster version of remote member is not compatible; too high");
            return Verdict.INCOMPATIBLE;
        }
        return Verdict.COMPATIBLE;
    }

    private static void warn(long memberId, String version, String message) {
        log.atWarn()
                .addKeyValue("remote-member-id", MemberIds.toText(memberId))
                .addKeyValue("remote-member-cluster-version", version)
                .log(message);
    }
}
