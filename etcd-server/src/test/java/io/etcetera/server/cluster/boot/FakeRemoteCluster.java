package io.etcetera.server.cluster.boot;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A running cluster, of which some members answer. */
final class FakeRemoteCluster implements RemoteCluster {
    final Map<String, View> views = new HashMap<>();
    final Map<String, String> versions = new HashMap<>();
    final List<String> asked = new ArrayList<>();

    @Override
    public View members(String peerUrl, Duration timeout) throws IOException {
        asked.add(peerUrl);
        return answer(views.get(peerUrl));
    }

    @Override
    public String clusterVersion(String peerUrl, Duration timeout) throws IOException {
        return answer(versions.get(peerUrl));
    }

    private static <T> T answer(@org.jspecify.annotations.Nullable T answer) throws IOException {
        if (answer == null) {
            throw new IOException("connection refused");
        }
        return answer;
    }
}
