package io.etcetera.daemon.acceptance;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The one container of a static pod's manifest.
 *
 * @param command of the process
 * @param probes what the kubelet asks: liveness, readiness, startup
 */
record StaticPod(List<String> command, List<URI> probes) {
    StaticPod {
        command = List.copyOf(command);
        probes = List.copyOf(probes);
    }

    static StaticPod read(Path manifest) throws IOException {
        try (Reader reader = Files.newBufferedReader(manifest)) {
            Map<String, Object> pod = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            Map<String, Object> container = maps(map(pod, "spec"), "containers").get(0);
            Map<String, Object> ports = new TreeMap<>();
            maps(container, "ports").forEach(port -> ports.put(text(port, "name"), text(port, "containerPort")));
            List<URI> probes = new ArrayList<>();
            for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
                Map<String, Object> get = map(map(container, probe), "httpGet");
                String port = text(get, "port");
                probes.add(URI.create(
                        "http://" + text(get, "host") + ":" + ports.getOrDefault(port, port) + text(get, "path")));
            }
            return new StaticPod(
                    list(container, "command").stream().map(String::valueOf).toList(), probes);
        }
    }

    private static Object node(Map<String, Object> parent, String key) {
        return Objects.requireNonNull(parent.get(key), key);
    }

    private static String text(Map<String, Object> parent, String key) {
        return String.valueOf(node(parent, key));
    }

    private static List<?> list(Map<String, Object> parent, String key) {
        return (List<?>) node(parent, key);
    }

    private static Map<String, Object> map(Map<String, Object> parent, String key) {
        return map(node(parent, key));
    }

    private static List<Map<String, Object>> maps(Map<String, Object> parent, String key) {
        return list(parent, key).stream().map(StaticPod::map).toList();
    }

    @SuppressWarnings("unchecked") // the keys of a manifest are strings
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }
}
