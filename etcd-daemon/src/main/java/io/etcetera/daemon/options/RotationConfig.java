package io.etcetera.daemon.options;

import io.etcetera.daemon.log.LogRotation;
import io.etcetera.server.text.Json;
import io.etcetera.server.text.JsonFormatException;
import io.etcetera.server.text.JsonScanner;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@code --log-rotation-config-json} as Go reads it into the settings of its lumberjack: names in any case, others ignored,
 * and what is of the wrong type refused in the words of {@code encoding/json}.
 */
final class RotationConfig {
    private static final String GO_TYPE = "logRotationConfig";

    private long maxSizeMegabytes;
    private int maxAgeDays;
    private int maxBackups;
    private boolean localTime;
    private boolean compress;

    private RotationConfig() {}

    static LogRotation parse(String json) throws ConfigException {
        try {
            JsonScanner.check(json);
        } catch (JsonFormatException e) {
            throw new ConfigException("improperly formatted log rotation config: " + e.getMessage());
        }
        RotationConfig config = new RotationConfig();
        String text = json.strip();
        if (text.startsWith("{")) {
            for (Map.Entry<String, Object> field : Json.parseObject(text).entrySet()) {
                config.set(field.getKey().toLowerCase(Locale.ROOT), field.getValue());
            }
        } else if (!text.equals("null")) {
            throw mismatch(kindOf(text), "value of type embed." + GO_TYPE);
        }
        return new LogRotation(
                config.maxSizeMegabytes, config.maxAgeDays, config.maxBackups, config.localTime, config.compress);
    }

    private void set(String name, Object value) throws ConfigException {
        switch (name) {
            case "maxsize" -> maxSizeMegabytes = integer(name, value);
            case "maxage" -> maxAgeDays = integer(name, value);
            case "maxbackups" -> maxBackups = integer(name, value);
            case "localtime" -> localTime = bool(name, value);
            case "compress" -> compress = bool(name, value);
            case "filename" -> {
                // Where to log is said elsewhere.
                if (!(value instanceof String)) {
                    throw mismatch(kind(value), field(name, "string"));
                }
            }
            default -> {
                // Nothing that lumberjack knows.
            }
        }
    }

    private static int integer(String name, Object value) throws ConfigException {
        if (!(value instanceof BigInteger number)) {
            String found = value instanceof Number ? "number " + value : kind(value);
            throw mismatch(found, field(name, "int"));
        }
        if (number.bitLength() >= Long.SIZE) {
            throw mismatch("number " + number, field(name, "int"));
        } else if (number.signum() < 0) {
            throw new ConfigException("invalid log rotation config: " + name + " must be >=0 (set to " + number + ")");
        }
        return number.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static boolean bool(String name, Object value) throws ConfigException {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw mismatch(kind(value), field(name, "bool"));
    }

    private static String field(String name, String type) {
        return "struct field " + GO_TYPE + ".Logger." + name + " of type " + type;
    }

    private static ConfigException mismatch(String found, String wanted) {
        return new ConfigException(
                "invalid log rotation config: json: cannot unmarshal " + found + " into Go " + wanted);
    }

    private static String kind(Object value) {
        if (value instanceof String) {
            return "string";
        } else if (value instanceof Number) {
            return "number";
        } else if (value instanceof Boolean) {
            return "bool";
        }
        return value instanceof List ? "array" : "object";
    }

    /** The same of a value's text, which is no object. */
    private static String kindOf(String text) {
        return switch (text.charAt(0)) {
            case '"' -> "string";
            case '[' -> "array";
            case 't', 'f' -> "bool";
            default -> "number";
        };
    }
}
