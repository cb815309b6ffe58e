package io.etcetera.daemon.options;

import io.etcetera.server.text.BadValueException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The values of all options, and which of them somebody gave. Used by the starting thread alone. Options are told apart by their
 * names: the hash code of a record costs the first caller more than all of the command line.
 */
public final class Settings {
    private final Map<String, Object> values = new HashMap<>();
    private final Set<String> given = new HashSet<>();

    /** The value of an option, or its default. */
    public <T> T get(Option<T> option) {
        Object value = values.get(option.name());
        if (value == null) {
            return option.defaultValue();
        }
        @SuppressWarnings("unchecked") // put() is the only writer, and it ties the value to the option's type
        T typed = (T) value;
        return typed;
    }

    /** Whether a flag, a variable or the file set this option, be it to its default. */
    public boolean isGiven(Option<?> option) {
        return given.contains(option.name());
    }

    /** Sets a value that somebody gave. */
    public <T> void give(Option<T> option, T value) {
        put(option, value);
        given.add(option.name());
    }

    /** Sets a value that follows from others. */
    public <T> void put(Option<T> option, T value) {
        values.put(option.name(), value);
    }

    /** Sets an option from text of the command line or the environment. */
    <T> void giveText(Option<T> option, String text) throws BadValueException {
        // An empty list of URLs leaves what was there, as in etcd.
        if (option.type().name().equals("urls") && text.isEmpty()) {
            given.add(option.name());
        } else {
            give(option, option.type().text().read(text));
        }
    }

    /** Sets an option from a node of the configuration file. */
    <T> void giveYaml(Option<T> option, Object node) throws BadValueException {
        if (option.type().name().equals("urls") && "".equals(node)) {
            return;
        }
        give(option, option.type().yaml().read(node));
    }

    /** Whether an option has the value it would have anyhow. */
    boolean isDefault(Option<?> option) {
        return get(option).equals(option.defaultValue());
    }
}
