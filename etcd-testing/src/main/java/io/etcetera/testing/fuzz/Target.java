package io.etcetera.testing.fuzz;

/** A decoder as {@link Fuzz} calls it. */
@FunctionalInterface
public interface Target {
    /** Decodes an input, which is this call's own. Called by one thread, again and again. */
    void decode(byte[] input) throws Exception;
}
