package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.server.testing.cluster.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API as JSON: every binding, asked well and badly, is answered as by stock etcd, down to the words of its errors. */
@Timeout(300)
class GatewayIT {
    private static final String CASES = "/differential/gateway-cases.txt";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern BYTE = Pattern.compile("\\\\x([0-9a-f]{2})|\\\\(n)");

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private record Case(int lines, String method, String path, byte[] body) {
        static Case of(String text) {
            String[] parts = text.split(" ", 4);
            return new Case(
                    parts[0].equals("-") ? Integer.MAX_VALUE : Integer.parseInt(parts[0]),
                    parts[1],
                    parts[2],
                    bytes(parts.length < 4 ? "" : parts[3]));
        }

        private static byte[] bytes(String text) {
            Matcher escapes = BYTE.matcher(text);
            String plain = escapes.replaceAll(escape -> Matcher.quoteReplacement(
                    escape.group(2) != null ? "\n" : String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
            return plain.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** @param headers those that matter to clients; names in lower case */
    private record HttpAnswer(int status, Map<String, List<String>> headers, String body) {}

    @Test
    void answersAsStockEtcdDoes() throws Exception {
        List<String> cases = cases();
        assertThat(cases).hasSizeGreaterThan(100);
        SoftAssertions differences = new SoftAssertions();
        try (TwoServers servers = TwoServers.start(directory)) {
            ServerProcess stock = servers.processes().get(0);
            ServerProcess ours = servers.processes().get(1);
            awaitStorageVersion(stock);
            for (String text : cases) {
                Case asked = Case.of(text);
                differences.assertThat(ask(ours, asked)).as(text).isEqualTo(ask(stock, asked));
            }
        }
        differences.assertAll();
    }

    /** Stock sets it some seconds after its start. */
    private void awaitStorageVersion(ServerProcess stock) throws Exception {
        Case status = Case.of("- POST /v3/maintenance/status {}");
        Await.until(
                "a storage version",
                PATIENCE,
                () -> ask(stock, status).body().contains("\"storageVersion\":\"3.7.0\""));
    }

    @Test
    void knowsTheUserByTheAuthorizationHeader() throws Exception {
        Case range = Case.of("- POST /v3/kv/range {\"key\":\"Zm9v\"}");
        SoftAssertions differences = new SoftAssertions();
        try (TwoServers servers = TwoServers.start(directory)) {
            ServerProcess stock = servers.processes().get(0);
            ServerProcess ours = servers.processes().get(1);
            for (String setUp : List.of(
                    "user/add {\"name\":\"root\",\"password\":\"p\"}",
                    "role/add {\"name\":\"root\"}",
                    "user/grant {\"user\":\"root\",\"role\":\"root\"}",
                    "enable {}")) {
                Case step = Case.of("- POST /v3/auth/" + setUp);
                differences.assertThat(ask(ours, step)).as(setUp).isEqualTo(ask(stock, step));
            }
            for (String authorization : List.of("", "TOKEN", "Bearer TOKEN", "wrong")) {
                HttpAnswer expected = ask(stock, range, "Authorization", withToken(stock, authorization));
                HttpAnswer answer = ask(ours, range, "Authorization", withToken(ours, authorization));
                differences.assertThat(answer).as(authorization).isEqualTo(expected);
                differences
                        .assertThat(answer.status() == 200)
                        .as(authorization)
                        .isEqualTo(authorization.contains("TOKEN"));
            }
        }
        differences.assertAll();
    }

    private String withToken(ServerProcess server, String authorization) throws IOException, InterruptedException {
        String body = ask(server, Case.of("- POST /v3/auth/authenticate {\"name\":\"root\",\"password\":\"p\"}"))
                .body();
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(body);
        assertThat(token.find()).as(body).isTrue();
        return authorization.replace("TOKEN", token.group(1));
    }

    private static List<String> cases() throws IOException {
        try (InputStream in = GatewayIT.class.getResourceAsStream(CASES)) {
            if (in == null) {
                throw new IOException("there is no resource " + CASES);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private HttpAnswer ask(ServerProcess server, Case asked, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + server.endpoint() + asked.path()))
                .method(asked.method(), HttpRequest.BodyPublishers.ofByteArray(asked.body()))
                .timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        Map<String, List<String>> received = new TreeMap<>(response.headers().map());
        received.keySet().removeAll(List.of("date", "content-length"));
        try (BufferedReader body = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String text = Stream.generate(() -> line(body))
                    .limit(asked.lines())
                    .takeWhile(line -> !line.isEmpty())
                    .collect(Collectors.joining("\n"));
            return new HttpAnswer(response.statusCode(), received, GatewayText.masked(text));
        }
    }

    /** The next line; an empty one at the end. */
    private static String line(BufferedReader reader) {
        try {
            String line = reader.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
