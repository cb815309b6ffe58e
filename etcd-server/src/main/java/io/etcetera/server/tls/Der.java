package io.etcetera.server.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** The little of DER (X.690) that it takes to wrap a key and to write a certificate. */
final class Der {
    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT = 0x80;
    private static final int CONSTRUCTED = 0x20;
    private static final int FIRST_YEAR_BEYOND_UTC_TIME = 2050;

    private Der() {}

    static byte[] sequence(byte[]... elements) {
        return element(SEQUENCE, elements);
    }

    static byte[] set(byte[]... elements) {
        return element(SET, elements);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] booleanTrue() {
        return element(BOOLEAN, new byte[] {(byte) 0xff});
    }

    static byte[] octetString(byte[] content) {
        return element(OCTET_STRING, content);
    }

    /** A bit string of whole bytes. */
    static byte[] bitString(byte[] content) {
        return element(BIT_STRING, new byte[] {0}, content);
    }

    /** A bit string of up to eight flags. */
    static byte[] flags(int bits) {
        return element(BIT_STRING, new byte[] {(byte) Integer.numberOfTrailingZeros(bits), (byte) bits});
    }

    static byte[] utf8String(String text) {
        return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An element with a tag of its context, whose content is other elements. */
    static byte[] contextConstructed(int tag, byte[]... elements) {
        return element(CONTEXT | CONSTRUCTED | tag, elements);
    }

    /** An element with a tag of its context, whose content is bytes. */
    static byte[] contextPrimitive(int tag, byte[] content) {
        return element(CONTEXT | tag, content);
    }

    /** @param dotted like 2.5.4.10 */
    static byte[] objectIdentifier(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >>> shift != 0) {
                    out.write(0x80 | ((arc >>> shift) & 0x7f));
                }
            }
            out.write(arc & 0x7f);
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }

    /** A time of a certificate, in the form that RFC 5280 wants for its year. */
    static byte[] time(Instant instant) {
        ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
        boolean late = utc.getYear() >= FIRST_YEAR_BEYOND_UTC_TIME;
        String text = DateTimeFormatter.ofPattern(late ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'")
                .format(utc);
        return element(late ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The first element of a sequence, with its tag and length. The input is DER that Java has written. */
    static byte[] firstOf(byte[] sequence) {
        int start = contentStart(sequence, 0);
        return Arrays.copyOfRange(sequence, start, contentStart(sequence, start) + length(sequence, start));
    }

    /** The bytes of the bit string that is the second element of a sequence. */
    static byte[] bitsOfSecond(byte[] sequence) {
        int second = contentStart(sequence, 0) + firstOf(sequence).length;
        int content = contentStart(sequence, second);
        return Arrays.copyOfRange(sequence, content + 1, content + length(sequence, second));
    }

    private static int contentStart(byte[] der, int element) {
        int first = der[element + 1] & 0xff;
        return element + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int element) {
        int first = der[element + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        return new BigInteger(1, Arrays.copyOfRange(der, element + 2, contentStart(der, element))).intValueExact();
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            byte[] bytes = BigInteger.valueOf(length).toByteArray();
            int skip = bytes[0] == 0 ? 1 : 0;
            out.write(0x80 | (bytes.length - skip));
            out.write(bytes, skip, bytes.length - skip);
        }
        for (byte[] part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }
}
