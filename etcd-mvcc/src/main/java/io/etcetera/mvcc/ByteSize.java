package io.etcetera.mvcc;

import java.util.Locale;

/** Numbers of bytes for human eyes, as etcd's log prints them: powers of 1000, one decimal below 10. */
public final class ByteSize {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private ByteSize() {}

    /** {@code 999 B}, {@code 1.0 kB}, {@code 20 kB}. */
    public static String format(long bytes) {
        if (bytes < 10) {
            return bytes + " B";
        }
        int unit = 0;
        double value = bytes;
        while (value >= 1_000 && unit < UNITS.length - 1) {
            value /= 1_000;
            unit++;
        }
        double rounded = Math.floor(value * 10 + 0.5) / 10;
        // Go rounds a half to the even neighbour, Java's formatter would round it up.
        return rounded < 10
                ? String.format(Locale.ROOT, "%.1f %s", rounded, UNITS[unit])
                : String.format(Locale.ROOT, "%.0f %s", Math.rint(rounded), UNITS[unit]);
    }
}
