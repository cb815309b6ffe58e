package io.etcetera.daemon.options;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.text.GoText;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of values that etcd's options have, with the syntax and the messages of Go's flag package. */
final class OptionTypes {
    private static final String SYNTAX = "parse error";
    private static final String RANGE = "value out of range";
    private static final Pattern NUMBER = Pattern.compile(
            "([+-]?)(?:(0[xX](?:_?[0-9a-fA-F]+)+)|(0[bB](?:_?[01]+)+)|(0[oO]?(?:_?[0-7]+)+)|([0-9]+(?:_[0-9]+)*))");
    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private OptionTypes() {}

    static final OptionType<String> STRING =
            new OptionType<>("string", false, s -> s, node -> expect(String.class, node, "string"), s -> s);

    static final OptionType<Boolean> BOOL = new OptionType<>(
            "bool", true, OptionTypes::parseBoolean, node -> expect(Boolean.class, node, "bool"), String::valueOf);

    /** Unsigned 64 bits; what passes 63 bits is read as the largest long, which no limit reaches. */
    static final OptionType<Long> UINT = number("uint", BigInteger.ZERO, bits(64), OptionTypes::flagError);

    static final OptionType<Long> UINT64 = number("uint64", BigInteger.ZERO, bits(64), OptionTypes::flagError);

    static final OptionType<Long> UINT32 = number(
            "uint32",
            BigInteger.ZERO,
            bits(32),
            (text, reason) -> "strconv.ParseUint: parsing " + GoText.quote(text) + ": "
                    + (reason.equals(SYNTAX) ? "invalid syntax" : reason));

    static final OptionType<Long> INT = number("int", bits(63).negate(), bits(63), OptionTypes::flagError);

    static final OptionType<Long> INT64 = number("int64", bits(63).negate(), bits(63), OptionTypes::flagError);

    static final OptionType<Duration> DURATION = new OptionType<>(
            "time.Duration",
            false,
            OptionTypes::parseDuration,
            node -> Duration.ofNanos(yamlInteger(node, "time.Duration", bits(63).negate(), bits(63))),
            GoDuration::format);

    static final OptionType<List<URI>> URLS = new OptionType<>(
            "urls",
            false,
            EtcdUrls::parse,
            node -> EtcdUrls.parse(expect(String.class, node, "string")),
            EtcdUrls::format);

    /** Comma-separated on the command line, a list in the file; sorted, without duplicates. */
    static final OptionType<List<String>> STRINGS = new OptionType<>(
            "[]string",
            false,
            s -> s.isEmpty() ? List.of() : List.copyOf(new TreeSet<>(Arrays.asList(s.split(",", -1)))),
            node -> List.copyOf(new TreeSet<>(yamlStrings(node))),
            list -> String.join(",", list));

    /** Comma-separated on the command line, a list in the file; as given. */
    static final OptionType<List<String>> STRING_LIST = new OptionType<>(
            "[]string",
            false,
            s -> s.isEmpty() ? List.of() : List.of(s.split(",", -1)),
            OptionTypes::yamlStrings,
            list -> String.join(",", list));

    /** One of some words. The file takes any string here; what it means is checked later, as etcd does. */
    static OptionType<String> oneOf(String... words) {
        return new OptionType<>(
                "string",
                false,
                s -> {
                    if (!Arrays.asList(words).contains(s)) {
                        throw new BadValueException("invalid value");
                    }
                    return s;
                },
                node -> expect(String.class, node, "string"),
                s -> s);
    }

    private static BigInteger bits(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static String flagError(String text, String reason) {
        return reason;
    }

    private interface NumberError {
        String message(String text, String reason);
    }

    private static OptionType<Long> number(String name, BigInteger min, BigInteger max, NumberError error) {
        return new OptionType<>(
                name,
                false,
                text -> {
                    BigInteger value = parseInteger(text);
                    // An unsigned number with a sign is no number at all to Go.
                    if (value == null || (min.signum() == 0 && (text.startsWith("-") || text.startsWith("+")))) {
                        throw new BadValueException(error.message(text, SYNTAX));
                    }
                    if (value.compareTo(min.subtract(BigInteger.ONE)) < 0 || value.compareTo(max) > 0) {
                        throw new BadValueException(error.message(text, RANGE));
                    }
                    return value.min(MAX_LONG).longValue();
                },
                node -> yamlInteger(node, name, min, max),
                String::valueOf);
    }

    /** Go's integer syntax with base prefixes and digit separators; null if the text is not of it. */
    private static @org.jspecify.annotations.Nullable BigInteger parseInteger(String text) {
        Matcher m = NUMBER.matcher(text);
        if (!m.matches()) {
            return null;
        }
        BigInteger value;
        if (m.group(2) != null) {
            value = digits(m.group(2).substring(2), 16);
        } else if (m.group(3) != null) {
            value = digits(m.group(3).substring(2), 2);
        } else if (m.group(4) != null) {
            value = digits(m.group(4).replaceFirst("^0[oO]?", ""), 8);
        } else if (m.group(5).length() > 1 && m.group(5).startsWith("0")) {
            return null; // a leading zero means octal, and this has a digit that octal lacks
        } else {
            value = digits(m.group(5), 10);
        }
        return m.group(1).equals("-") ? value.negate() : value;
    }

    private static BigInteger digits(String digits, int radix) {
        return new BigInteger(digits.replace("_", ""), radix);
    }

    private static Boolean parseBoolean(String text) throws BadValueException {
        return switch (text) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw new BadValueException(SYNTAX);
        };
    }

    private static Duration parseDuration(String text) throws BadValueException {
        try {
            return GoDuration.parse(text);
        } catch (BadValueException e) {
            throw new BadValueException(SYNTAX); // Go's flag package hides the reason, too
        }
    }

    static <T> T expect(Class<T> type, Object node, String name) throws BadValueException {
        if (!type.isInstance(node)) {
            throw mismatch(kind(node), name);
        }
        return type.cast(node);
    }

    private static long yamlInteger(Object node, String name, BigInteger min, BigInteger max) throws BadValueException {
        BigInteger value;
        if (node instanceof Integer || node instanceof Long) {
            value = BigInteger.valueOf(((Number) node).longValue());
        } else if (node instanceof BigInteger big) {
            value = big;
        } else if (node instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e15) {
            value = BigInteger.valueOf(d.longValue());
        } else {
            throw mismatch(node instanceof Number ? "number " + node : kind(node), name);
        }
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw mismatch("number " + node, name);
        }
        return value.min(MAX_LONG).longValue();
    }

    private static List<String> yamlStrings(Object node) throws BadValueException {
        List<String> strings = new ArrayList<>();
        for (Object element : expect(List.class, node, "[]string")) {
            strings.add(expect(String.class, element, "string"));
        }
        return List.copyOf(strings);
    }

    private static String kind(Object node) {
        Map<Class<?>, String> kinds =
                Map.of(String.class, "string", Number.class, "number", Boolean.class, "bool", List.class, "array");
        Function<Class<?>, Boolean> fits = type -> type.isInstance(node);
        return kinds.keySet().stream()
                .filter(fits::apply)
                .findFirst()
                .map(kinds::get)
                .orElse("object");
    }

    private static BadValueException mismatch(String found, String wanted) {
        return new BadValueException("cannot unmarshal " + found + " into a field of type " + wanted);
    }
}
