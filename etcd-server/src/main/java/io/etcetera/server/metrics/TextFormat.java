package io.etcetera.server.metrics;

import java.math.BigDecimal;

/**
 * Writes metrics in the Prometheus text format, version 0.0.4, with numbers as Go writes them. A metric without series
 * is left out.
 */
final class TextFormat {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

    /** Beyond these powers of ten, Go writes an exponent. */
    private static final int MAX_PLAIN_EXPONENT = 5;

    private static final int MIN_PLAIN_EXPONENT = -4;

    private final StringBuilder out = new StringBuilder(1 << 16);

    TextFormat add(Family family) {
        family.series().accept(new Writer(family));
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private final class Writer implements Family.SeriesVisitor {
        private final Family family;
        private boolean begun;

        Writer(Family family) {
            this.family = family;
        }

        private void begin() {
            if (!begun) {
                begun = true;
                out.append("# HELP ").append(family.name()).append(' ');
                out.append(escape(family.help(), false)).append("\n# TYPE ").append(family.name());
                out.append(' ').append(family.kind().text()).append('\n');
            }
        }

        @Override
        public void number(Labels labels, double value) {
            begin();
            line("", labels.text(), format(value));
        }

        @Override
        public void histogram(Labels labels, Histogram histogram) {
            begin();
            long[] counts = histogram.cumulativeCounts();
            double[] bounds = histogram.bounds();
            for (int i = 0; i < counts.length; i++) {
                String bound = i < bounds.length ? format(bounds[i]) : "+Inf";
                line("_bucket", labels.textWith("le", bound), format((double) counts[i]));
            }
            line("_sum", labels.text(), format(histogram.sum()));
            line("_count", labels.text(), format((double) counts[counts.length - 1]));
        }

        private void line(String suffix, String labels, String value) {
            out.append(family.name()).append(suffix).append(labels).append(' ');
            out.append(value).append('\n');
        }
    }

    static String escape(String text, boolean quotes) {
        String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
        return quotes ? escaped.replace("\"", "\\\"") : escaped;
    }

    /** The shortest decimal that reads as the same number, as Go's format 'g' has it. */
    static String format(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal decimal = BigDecimal.valueOf(value).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= MIN_PLAIN_EXPONENT && exponent <= MAX_PLAIN_EXPONENT) {
            return decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String size = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + size;
    }
}
