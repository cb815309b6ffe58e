package io.etcetera.daemon;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.intptr_t;

/**
 * Signals that the process has been started with to ignore them. The JVM keeps to that whatever is asked of it, and Go programs do not
 * for signals that they listen for.
 */
final class InheritedSignals {
    private static final long SIG_DFL = 0;
    private static final long SIG_ERR = -1;

    private InheritedSignals() {}

    /** The one function that is needed of the C library. */
    public interface LibC {
        /** See signal(2); handlers are addresses. */
        @intptr_t
        long signal(int number, @intptr_t long handler);
    }

    /** Gives the signal its default action, from which the JVM lets a handler take it. */
    static void restoreDefault(int number) {
        if (LibraryLoader.create(LibC.class).load("c").signal(number, SIG_DFL) == SIG_ERR) {
            throw new IllegalStateException(
                    "signal: error " + Runtime.getSystemRuntime().getLastError());
        }
    }
}
