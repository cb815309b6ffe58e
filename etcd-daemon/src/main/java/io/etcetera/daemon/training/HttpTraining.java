package io.etcetera.daemon.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What asks a member first where it is watched: probes and Prometheus. And a call of the gateway. */
final class HttpTraining {
    private static final List<String> PATHS = List.of("/health", "/readyz", "/version", "/metrics");
    private static final String RANGE_OF_ONE_KEY = "{\"key\": \"dHJhaW5pbmc=\"}";

    private HttpTraining() {}

    /** Returns when all have been answered. */
    static void run(URI member) throws IOException {
        for (String path : PATHS) {
            readAnswer(open(member, path));
        }
        HttpURLConnection range = open(member, "/v3/kv/range");
        range.setDoOutput(true);
        try (OutputStream body = range.getOutputStream()) {
            body.write(RANGE_OF_ONE_KEY.getBytes(StandardCharsets.UTF_8));
        }
        readAnswer(range);
    }

    private static HttpURLConnection open(URI member, String path) throws IOException {
        return (HttpURLConnection) member.resolve(path).toURL().openConnection();
    }

    /** Throws if it is an error. */
    private static void readAnswer(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getInputStream()) {
            body.transferTo(OutputStream.nullOutputStream());
        }
    }
}
