package io.etcetera.daemon.options;

import org.jspecify.annotations.Nullable;

/** The options, each readable by itself, cannot be used: the process reports the message and ends with status 1. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(@Nullable String message) {
        super(message);
    }
}
