package io.etcetera.server.http.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.etcetera.server.text.JsonFormatException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads values of fields that are not messages. */
final class Scalars {
    /** Stands for an enum's name that nobody knows: the field stays as it is. */
    static final Object UNKNOWN = new Object();

    private static final Pattern LEADING_NUMBER = Pattern.compile(
            "(-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?:[^-+._a-zA-Z0-9].*)?", Pattern.DOTALL);

    /** Digits of the largest number of 64 bits. */
    private static final int MAX_DIGITS = 20;

    /** Characters of the longest number that is looked at: far more than it takes to write any. */
    private static final int MAX_LENGTH = 100;

    private Scalars() {}

    /** Reads a value, or {@link #UNKNOWN}. */
    static Object read(JsonTokens tokens, FieldDescriptor field) throws JsonFormatException {
        int mark = tokens.mark();
        char first = tokens.peek();
        Optional<?> value;
        if (first == '"') {
            value = ofString(tokens.string(), field);
        } else if (first == '{' || first == '[') {
            value = Optional.empty();
        } else {
            value = ofWord(tokens.bare(), field);
        }
        if (value.isEmpty()) {
            throw tokens.error(
                    mark,
                    "invalid value for " + field.getType().name().toLowerCase(Locale.ROOT) + " field "
                            + field.getJsonName() + ": " + tokens.raw(mark));
        }
        return value.get();
    }

    private static Optional<?> ofString(String text, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> Optional.of(text);
            case BYTE_STRING -> bytes(text);
            case ENUM -> {
                EnumValueDescriptor value = field.getEnumType().findValueByName(text);
                yield Optional.of(value == null ? UNKNOWN : value);
            }
            case INT, LONG -> {
                Matcher number = LEADING_NUMBER.matcher(text);
                yield text.equals(text.strip()) && number.matches() ? number(number.group(1), field) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private static Optional<?> ofWord(String word, FieldDescriptor field) {
        boolean isNumber = Character.isDigit(word.charAt(word.length() - 1));
        return switch (field.getJavaType()) {
            case BOOLEAN ->
                word.equals("true") || word.equals("false") ? Optional.of(Boolean.valueOf(word)) : Optional.empty();
            case INT, LONG -> isNumber ? number(word, field) : Optional.empty();
            case ENUM ->
                isNumber
                        ? integer(word, Integer.SIZE, true)
                                .map(number -> enumValue(field.getEnumType(), number.intValue()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Object enumValue(EnumDescriptor type, int number) {
        return type.findValueByNumberCreatingIfUnknown(number);
    }

    private static Optional<?> number(String text, FieldDescriptor field) {
        return switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> integer(text, Integer.SIZE, true).map(BigInteger::intValue);
            case UINT32, FIXED32 -> integer(text, Integer.SIZE, false).map(BigInteger::intValue);
            case INT64, SINT64, SFIXED64 -> integer(text, Long.SIZE, true).map(BigInteger::longValue);
            case UINT64, FIXED64 -> integer(text, Long.SIZE, false).map(BigInteger::longValue);
            default -> Optional.empty();
        };
    }

    /** A number that has no fraction, however it is written; empty if it is no such number or too large. */
    private static Optional<BigInteger> integer(String text, int bits, boolean signed) {
        try {
            if (text.length() > MAX_LENGTH) {
                return Optional.empty();
            }
            BigDecimal number = new BigDecimal(text);
            if (number.signum() != 0
                    && (number.scale() > MAX_LENGTH || (long) number.precision() - number.scale() > MAX_DIGITS)) {
                return Optional.empty(); // before anybody writes such a number out
            }
            BigInteger integer = number.signum() == 0 ? BigInteger.ZERO : number.toBigIntegerExact();
            boolean fits = signed ? integer.bitLength() < bits : integer.signum() >= 0 && integer.bitLength() <= bits;
            return fits ? Optional.of(integer) : Optional.empty();
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Base64 of either alphabet, padded or not. */
    private static Optional<ByteString> bytes(String text) {
        boolean forUrls = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        Base64.Decoder decoder = forUrls ? Base64.getUrlDecoder() : Base64.getDecoder();
        try {
            return Optional.of(
                    ByteString.copyFrom(decoder.decode(text.replace("\r", "").replace("\n", ""))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
