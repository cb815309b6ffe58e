package io.etcetera.daemon.log;

/**
 * When a log file is put aside, and what becomes of those that are.
 *
 * @param maxSizeMegabytes a file does not grow beyond this (2^20 bytes each); 0 means 100
 * @param maxAgeDays how long a file is kept after it was put aside; 0 means for ever
 * @param maxBackups how many are kept; 0 means all
 * @param localTime whether their names bear local time; UTC otherwise
 * @param compress whether they are compressed (gzip)
 */
public record LogRotation(long maxSizeMegabytes, int maxAgeDays, int maxBackups, boolean localTime, boolean compress) {
    private static final long DEFAULT_MEGABYTES = 100;
    private static final long MEGABYTE = 1 << 20;

    long maxBytes() {
        return (maxSizeMegabytes == 0 ? DEFAULT_MEGABYTES : maxSizeMegabytes) * MEGABYTE;
    }
}
