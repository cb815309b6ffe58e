package io.etcetera.daemon;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go reads and prints them: {@code 1h5m0s}, {@code 1.5ms}. */
public final class GoDuration {
    private static final Pattern WHOLE =
            Pattern.compile("([+-]?)((?:(?:\\d+\\.?\\d*|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+)");
    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private GoDuration() {}

    /**
     * Reads a duration. A number without a unit is refused, except zero.
     *
     * @throws BadValueException if the text is no duration, or one beyond 63 bits of nanoseconds
     */
    static Duration parse(String text) throws BadValueException {
        if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
            return Duration.ZERO;
        }
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            throw invalid(text);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(whole.group(2));
        while (part.find()) {
            String number = part.group(1);
            BigDecimal amount = new BigDecimal(number.endsWith(".") ? number + "0" : number);
            BigDecimal scaled = amount.multiply(BigDecimal.valueOf(unitNanos(part.group(2))));
            nanos = nanos.add(scaled.setScale(0, RoundingMode.DOWN));
        }
        if (nanos.compareTo(MAX) > 0) {
            throw invalid(text);
        }
        return Duration.ofNanos(whole.group(1).equals("-") ? -nanos.longValueExact() : nanos.longValueExact());
    }

    private static BadValueException invalid(String text) {
        return new BadValueException("time: invalid duration " + GoText.quote(text));
    }

    private static long unitNanos(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 1_000L; // the three spellings of the microsecond
        };
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
}
