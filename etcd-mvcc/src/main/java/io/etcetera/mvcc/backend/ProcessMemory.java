package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * Keeps the memory of this process from being swapped out, what is read of the store's file among it. That is a property of
 * the process and lasts as long, so it is for who owns the process to decide; a store does not.
 */
public final class ProcessMemory {
    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;
    /** Pages are locked when they are first used: else the heap that is only reserved would be allocated at once. */
    private static final int MCL_ONFAULT = 4;

    /** Errors of mlockall(2), as Go says them. */
    private static final Map<Integer, String> ERRORS = Map.of(
            1, "operation not permitted",
            11, "resource temporarily unavailable",
            12, "cannot allocate memory",
            22, "invalid argument");

    private ProcessMemory() {}

    /** The one function that is needed of the C library. */
    public interface LibC {
        /** See mlockall(2). */
        int mlockall(int flags);
    }

    /**
     * Locks all pages that the process uses now or comes to use.
     *
     * @throws IOException if the system refuses that, or is not Linux; the message says what to do
     */
    public static void lock() throws IOException {
        String system = System.getProperty("os.name", "");
        if (!system.equals("Linux")) {
            throw new IOException("memory can be locked on Linux only, and this is " + system);
        }
        LibC libc;
        try {
            libc = LibraryLoader.create(LibC.class).load("c");
        } catch (LinkageError e) {
            throw new IOException("cannot load the C library: " + e.getMessage(), e);
        }
        if (libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
            int error = Runtime.getSystemRuntime().getLastError();
            throw new IOException("mlockall: " + ERRORS.getOrDefault(error, "error " + error)
                    + "; the process needs the capability CAP_IPC_LOCK, or no limit on locked memory"
                    + " (ulimit -l unlimited, LimitMEMLOCK=infinity in a systemd unit)");
        }
    }
}
