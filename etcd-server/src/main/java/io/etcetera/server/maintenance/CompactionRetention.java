package io.etcetera.server.maintenance;

import io.etcetera.server.EtcdConfig.CompactionMode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How much history automatic compaction keeps.
 *
 * @param mode what {@code amount} counts
 * @param amount nanoseconds, or revisions; 0 or less is off
 */
public record CompactionRetention(CompactionMode mode, long amount) {
    private static final long NANOS_PER_HOUR = 3_600_000_000_000L;

    /**
     * Reads the option: a whole number of hours or revisions, as the mode has it, or a duration as Go writes it. In
     * revision mode a duration counts as that many revisions as it has nanoseconds, as in etcd.
     *
     * @throws IllegalArgumentException with etcd's message
     */
    public static CompactionRetention parse(CompactionMode mode, String text) {
        if (text.matches("\\+?[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            return new CompactionRetention(
                    mode,
                    switch (mode) {
                        case PERIODIC -> number * NANOS_PER_HOUR;
                        case REVISION -> number;
                    });
        }
        return new CompactionRetention(mode, new DurationScanner(text).nanos());
    }

    /** Whether anything is to be compacted at all. */
    public boolean isOn() {
        return amount > 0;
    }

    /** Reads {@code [+-](number unit)+}, and says what is wrong in the words of Go's own parser. */
    private static final class DurationScanner {
        private final String text;
        private int at;

        DurationScanner(String text) {
            this.text = text;
        }

        long nanos() {
            boolean negative = text.startsWith("-");
            at = negative || text.startsWith("+") ? 1 : 0;
            if (text.substring(at).equals("0")) {
                return 0;
            }
            if (at == text.length()) {
                throw invalid("invalid duration " + quoted(text));
            }
            BigDecimal sum = BigDecimal.ZERO;
            while (at < text.length()) {
                BigDecimal number = number();
                sum = sum.add(number.multiply(unit()).setScale(0, RoundingMode.DOWN));
            }
            if (sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw invalid("invalid duration " + quoted(text));
            }
            return negative ? -sum.longValueExact() : sum.longValueExact();
        }

        private BigDecimal number() {
            int start = at;
            int digits = 0;
            boolean point = false;
            while (at < text.length() && (isDigit(text.charAt(at)) || (!point && text.charAt(at) == '.'))) {
                point |= text.charAt(at) == '.';
                digits += isDigit(text.charAt(at)) ? 1 : 0;
                at++;
            }
            if (digits == 0) {
                throw invalid("invalid duration " + quoted(text));
            }
            return new BigDecimal("0" + text.substring(start, at) + (point ? "0" : ""));
        }

        private BigDecimal unit() {
            int start = at;
            while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
                at++;
            }
            String unit = text.substring(start, at);
            return BigDecimal.valueOf(
                    switch (unit) {
                        case "" -> throw invalid("missing unit in duration " + quoted(text));
                        case "ns" -> 1L;
                        case "us", "\u00b5s", "\u03bcs" -> 1_000L;
                        case "ms" -> 1_000_000L;
                        case "s" -> 1_000_000_000L;
                        case "m" -> 60_000_000_000L;
                        case "h" -> NANOS_PER_HOUR;
                        default -> throw invalid("unknown unit " + quoted(unit) + " in duration " + quoted(text));
                    });
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static String quoted(String value) {
            return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }

        private static IllegalArgumentException invalid(String what) {
            return new IllegalArgumentException("error parsing CompactionRetention: time: " + what);
        }
    }
}
