package io.etcetera.server.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations as Go reads and prints them: {@code 1h5m0s}, {@code 1.5ms}. */
public final class GoDuration {
    private GoDuration() {}

    /**
     * Reads a duration. A number without a unit is refused, except zero.
     *
     * @throws BadValueException with Go's words if the text is no duration, or one beyond 63 bits of nanoseconds
     */
    public static Duration parse(String text) throws BadValueException {
        return Duration.ofNanos(new Scanner(text).nanos());
    }

    /** Prints a duration: fractions below a second with the fitting unit, otherwise hours, minutes and seconds. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        String sign = nanos < 0 ? "-" : "";
        long abs = Math.abs(nanos);
        if (abs < 1_000) {
            return sign + abs + "ns";
        } else if (abs < 1_000_000) {
            return sign + decimal(abs, 3) + "µs";
        } else if (abs < 1_000_000_000) {
            return sign + decimal(abs, 6) + "ms";
        }
        long seconds = abs / 1_000_000_000;
        long hours = seconds / 3_600;
        long minutes = seconds / 60 % 60;
        StringBuilder out = new StringBuilder(sign);
        if (hours > 0) {
            out.append(hours).append('h');
        }
        if (hours > 0 || minutes > 0) {
            out.append(minutes).append('m');
        }
        return out.append(decimal(abs - (seconds - seconds % 60) * 1_000_000_000, 9))
                .append('s')
                .toString();
    }

    private static String decimal(long value, int scale) {
        BigDecimal number = BigDecimal.valueOf(value, scale).stripTrailingZeros();
        return number.toPlainString();
    }

    /** Reads {@code [+-](number unit)+}, and says what is wrong in the words of Go's own parser. */
    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        long nanos() throws BadValueException {
            boolean negative = text.startsWith("-");
            at = negative || text.startsWith("+") ? 1 : 0;
            if (text.substring(at).equals("0")) {
                return 0;
            }
            if (at == text.length()) {
                throw invalid("invalid duration " + GoText.quote(text));
            }
            BigDecimal sum = BigDecimal.ZERO;
            while (at < text.length()) {
                BigDecimal number = number();
                sum = sum.add(number.multiply(unit()).setScale(0, RoundingMode.DOWN));
            }
            if (sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw invalid("invalid duration " + GoText.quote(text));
            }
            return negative ? -sum.longValueExact() : sum.longValueExact();
        }

        private BigDecimal number() throws BadValueException {
            int start = at;
            int digits = 0;
            boolean point = false;
            while (at < text.length() && (isDigit(text.charAt(at)) || (!point && text.charAt(at) == '.'))) {
                point |= text.charAt(at) == '.';
                digits += isDigit(text.charAt(at)) ? 1 : 0;
                at++;
            }
            if (digits == 0) {
                throw invalid("invalid duration " + GoText.quote(text));
            }
            return new BigDecimal("0" + text.substring(start, at) + (point ? "0" : ""));
        }

        private BigDecimal unit() throws BadValueException {
            int start = at;
            while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
                at++;
            }
            String unit = text.substring(start, at);
            return BigDecimal.valueOf(
                    switch (unit) {
                        case "" -> throw invalid("missing unit in duration " + GoText.quote(text));
                        case "ns" -> 1L;
                        case "us", "\u00b5s", "\u03bcs" -> 1_000L;
                        case "ms" -> 1_000_000L;
                        case "s" -> 1_000_000_000L;
                        case "m" -> 60_000_000_000L;
                        case "h" -> 3_600_000_000_000L;
                        default ->
                            throw invalid("unknown unit " + GoText.quote(unit) + " in duration " + GoText.quote(text));
                    });
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static BadValueException invalid(String what) {
            return new BadValueException("time: " + what);
        }
    }
}
