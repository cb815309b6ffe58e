package io.etcetera.daemon.options;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.OsErrors;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads options from a YAML file: keys without regard to case, durations as integers of nanoseconds, lists of URLs as one string.
 * Keys that no option has are ignored, as etcd does.
 */
public final class ConfigFile {
    /** A URL in the file cannot be read. etcd prints this without its log, and so does the process. */
    public static final class BadUrlException extends Exception {
        private static final long serialVersionUID = 1L;

        BadUrlException(String message) {
            super(message);
        }
    }

    private ConfigFile() {}

    /** Reads the file into the settings. */
    public static void read(String path, Settings settings) throws ConfigException, BadUrlException {
        Object root;
        try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
            root = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
        } catch (IOException e) {
            throw new ConfigException(OsErrors.describe("open", path, e));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new ConfigException("error converting YAML to JSON: yaml: line " + line + ": " + e.getProblem());
        } catch (YAMLException e) {
            throw new ConfigException("error converting YAML to JSON: yaml: " + e.getMessage());
        } catch (ClassCastException e) {
            // All that the reader has to say of, for example, !!binary before a mapping.
            throw new ConfigException("error converting YAML to JSON: yaml: a tag does not fit what stands behind it");
        }
        if (root == null) {
            return;
        }
        checkEnds(root, Collections.newSetFromMap(new IdentityHashMap<>()));
        if (!(root instanceof Map<?, ?> map)) {
            throw new ConfigException(decoding(
                    "cannot unmarshal " + (root instanceof Iterable ? "array" : "string") + " into the configuration"));
        }
        Map<String, Object> keys = flatten(map);
        for (Option<?> option : Options.table()) {
            Object node = option.yamlKey() == null ? null : keys.get(option.yamlKey());
            if (node != null) {
                readOne(option, node, settings);
            }
        }
    }

    /** An anchor may stand inside of what it is the name of: such a file has no end. */
    private static void checkEnds(Object node, Set<Object> around) throws ConfigException {
        Collection<?> inside =
                node instanceof Map<?, ?> map ? map.values() : node instanceof Collection<?> list ? list : List.of();
        if (inside.isEmpty()) {
            return;
        }
        if (!around.add(node)) {
            throw new ConfigException("error converting YAML to JSON: yaml: an anchor's value contains itself");
        }
        for (Object each : inside) {
            if (each != null) {
                checkEnds(each, around);
            }
        }
        around.remove(node);
    }

    private static void readOne(Option<?> option, Object node, Settings settings)
            throws ConfigException, BadUrlException {
        try {
            settings.giveYaml(option, node);
        } catch (BadValueException e) {
            if (option.type().equals(OptionTypes.URLS) && node instanceof String) {
                throw new BadUrlException("unexpected error setting up " + option.yamlKey() + ": " + e.getMessage());
            }
            throw new ConfigException(decoding(option.yamlKey() + ": " + e.getMessage()));
        }
    }

    private static String decoding(String problem) {
        return "error unmarshaling JSON: while decoding JSON: json: " + problem;
    }

    /** The file as one level of lower-case keys, those of nested maps joined by dots. */
    private static Map<String, Object> flatten(Map<?, ?> map) throws ConfigException {
        Map<String, Object> out = new TreeMap<>();
        flatten("", map, out);
        return out;
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> out) throws ConfigException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = prefix + String.valueOf(entry.getKey()).toLowerCase(Locale.ROOT);
            @Nullable Object value = entry.getValue();
            if (value instanceof Map<?, ?> nested) {
                flatten(key + ".", nested, out);
            } else if (key.endsWith("-transport-security") && value != null) {
                throw new ConfigException("invalid " + key);
            } else if (value != null) {
                out.put(key, value);
            }
        }
    }
}
