package io.etcetera.daemon.options;

import io.etcetera.server.text.BadValueException;
import java.util.function.Function;

/**
 * How the values of an option are read and printed.
 *
 * @param <T> the value in Java
 * @param name the kind, in the words of etcd's messages
 * @param isSwitch whether the flag may stand alone, as a boolean does
 * @param text reads a value from the command line or the environment
 * @param yaml reads a value from the configuration file
 * @param print prints a value for the help and the start record
 */
record OptionType<T>(
        String name, boolean isSwitch, Reader<String, T> text, Reader<Object, T> yaml, Function<T, String> print) {

    /** Reads one form of a value. */
    @FunctionalInterface
    interface Reader<S, T> {
        T read(S source) throws BadValueException;
    }
}
