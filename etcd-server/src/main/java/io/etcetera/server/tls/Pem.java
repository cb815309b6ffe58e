package io.etcetera.server.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks of base64 between BEGIN and END lines (RFC 7468). What stands between blocks is skipped, and so are the headers
 * of a block.
 */
public final class Pem {
    private static final Pattern BLOCK = Pattern.compile(
            "^-----BEGIN ([^\\r\\n]*?)-----[ \\t]*\\r?\\n(.*?)^-----END \\1-----[ \\t]*$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("^[^\\r\\n]*:[^\\r\\n]*$", Pattern.MULTILINE);
    private static final Pattern BLANKS = Pattern.compile("\\s");
    private static final Pattern BASE64 =
            Pattern.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    /** One block; its bytes are DER in all that we read. */
    public record Block(String type, byte[] der) {}

    /** The blocks of a file, in order; those whose content is not base64 are skipped. */
    public static List<Block> blocks(byte[] file) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String content = BLANKS.matcher(HEADER.matcher(matcher.group(2)).replaceAll(""))
                    .replaceAll("");
            if (BASE64.matcher(content).matches()) {
                blocks.add(new Block(matcher.group(1), Base64.getDecoder().decode(content)));
            }
        }
        return blocks;
    }

    /** A block as text. */
    static byte[] encode(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'}).encodeToString(der);
        return ("-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
