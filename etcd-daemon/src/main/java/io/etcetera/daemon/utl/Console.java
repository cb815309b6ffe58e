package io.etcetera.daemon.utl;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err errors and progress
 * @param terminal whether {@code err} is a terminal
 * @param nanoClock for the pace of progress
 */
public record Console(PrintStream out, PrintStream err, boolean terminal, LongSupplier nanoClock) {

    /** Shows how far a piece of work is whose size in bytes is known. */
    Progress progress(String what, long totalBytes) {
        return new Progress(this, what, totalBytes);
    }
}
