package io.etcetera.daemon.testing;

import io.etcetera.server.text.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A Prometheus that looks at some servers every second. */
public final class PrometheusProcess implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final LoggedProcess process;
    private final String url;

    private PrometheusProcess(LoggedProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts it without waiting.
     *
     * @param endpoints that are looked at, by the name of the job
     */
    public static PrometheusProcess launch(Path program, Path directory, Map<String, List<String>> endpoints)
            throws IOException {
        Files.createDirectories(directory);
        String jobs = endpoints.entrySet().stream()
                .map(job -> "  - job_name: " + job.getKey() + "\n    static_configs:\n      - targets: ["
                        + job.getValue().stream()
                                .map(endpoint -> "'" + endpoint + "'")
                                .collect(Collectors.joining(", "))
                        + "]\n")
                .collect(Collectors.joining());
        Path config = directory.resolve("prometheus.yml");
        Files.writeString(config, "global:\n  scrape_interval: 1s\nscrape_configs:\n" + jobs);
        String address = "127.0.0.1:" + ServerProcess.freePort();
        LoggedProcess process = LoggedProcess.start(
                directory,
                Map.of(),
                List.of(
                        program.toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=" + address),
                directory.resolve("log"));
        return new PrometheusProcess(process, "http://" + address);
    }

    /** The labels of each series of an instant query's result; none while Prometheus is starting. */
    public List<Map<String, Object>> query(String expression) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/query?query="
                                    + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            return List.of();
        }
        if (response.statusCode() == 503) {
            return List.of();
        } else if (response.statusCode() != 200) {
            throw new AssertionError(expression + ": " + response.body());
        }
        Map<String, Object> data = object(Json.parseObject(response.body()).getOrDefault("data", Map.of()));
        List<?> results = (List<?>) data.getOrDefault("result", List.of());
        return results.stream()
                .map(series -> object(object(series).getOrDefault("metric", Map.of())))
                .toList();
    }

    @SuppressWarnings("unchecked") // what Json makes of an object
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @Override
    public void close() {
        process.close();
    }
}
