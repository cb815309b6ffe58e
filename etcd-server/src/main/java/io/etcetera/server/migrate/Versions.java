package io.etcetera.server.migrate;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which releases of etcd can be taken over. */
final class Versions {
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})(\\..*)?");
    private static final int MAJOR = 3;
    private static final int NEWEST_MINOR = 7;

    private Versions() {}

    /** @throws MigrationException if the cluster was at a version that this server does not know */
    static void refuseNewer(Path directory, String clusterVersion) throws MigrationException {
        Matcher parts = VERSION.matcher(clusterVersion);
        if (parts.matches()
                && (Integer.parseInt(parts.group(1)) != MAJOR || Integer.parseInt(parts.group(2)) > NEWEST_MINOR)) {
            throw new MigrationException("the cluster of " + directory + " is at version " + clusterVersion
                    + ", and this server takes over those up to " + MAJOR + "." + NEWEST_MINOR);
        }
    }
}
