package io.etcetera.daemon.utl;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a command was given.
 *
 * @param values of all flags that it knows, by name, given or not
 * @param positional what is no flag
 */
public record Arguments(Map<String, String> values, List<String> positional) {
    public Arguments {
        values = Map.copyOf(values);
        positional = List.copyOf(positional);
    }

    public String text(String flag) {
        String value = values.get(flag);
        if (value == null) {
            throw new IllegalArgumentException("no flag " + flag);
        }
        return value;
    }

    public boolean isOn(String flag) {
        return text(flag).matches("[1tT].*");
    }

    long number(String flag) {
        String value = text(flag);
        return value.startsWith("-") ? Long.parseLong(value) : Long.parseUnsignedLong(value);
    }

    public Duration duration(String flag) {
        try {
            return GoDuration.parse(text(flag));
        } catch (BadValueException e) {
            throw new IllegalStateException("flag " + flag + " was checked when it was read", e);
        }
    }
}
