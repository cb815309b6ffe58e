package io.etcetera.daemon.differential;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server shows at {@code /metrics}.
 *
 * @param contentType of the answer
 * @param families by name
 * @param values by series, as written
 */
record Exposition(String contentType, NavigableMap<String, Family> families, Map<String, Double> values) {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z0-9_:]+)(\\{.*})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z0-9_]+)=\"((?:\\\\.|[^\"\\\\])*)\"");

    /**
     * A metric, as far as it is the same in every server.
     *
     * @param labels names, without those of buckets
     * @param bounds of its buckets, if it has any
     */
    record Family(String type, String help, TreeSet<String> labels, List<String> bounds) {}

    static Exposition of(String endpoint) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + endpoint + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Exposition exposition = new Exposition(
                response.headers().firstValue("Content-Type").orElse(""), new TreeMap<>(), new LinkedHashMap<>());
        response.body().lines().forEach(exposition::read);
        return exposition;
    }

    private void read(String line) {
        if (line.startsWith("# HELP ")) {
            String[] words = line.split(" ", 4);
            families.put(words[2], new Family("", words[3], new TreeSet<>(), new ArrayList<>()));
        } else if (line.startsWith("# TYPE ")) {
            String[] words = line.split(" ", 4);
            families.computeIfPresent(
                    words[2], (name, known) -> new Family(words[3], known.help(), known.labels(), known.bounds()));
        } else {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a line of the text format: " + line);
            }
            String labels = sample.group(2) == null ? "" : sample.group(2);
            values.put(
                    sample.group(1) + labels, Double.parseDouble(sample.group(3).replace("Inf", "Infinity")));
            addTo(family(sample.group(1)), labels);
        }
    }

    private Family family(String sample) {
        Family own = families.get(sample);
        Family family = own != null ? own : families.get(sample.replaceFirst("_(bucket|sum|count)$", ""));
        if (family == null) {
            throw new AssertionError("no type is given for " + sample);
        }
        return family;
    }

    private static void addTo(Family family, String labels) {
        Matcher label = LABEL.matcher(labels);
        while (label.find()) {
            if (!label.group(1).equals("le")) {
                family.labels().add(label.group(1));
            } else if (!family.bounds().contains(label.group(2))) {
                family.bounds().add(label.group(2));
            }
        }
    }
}
