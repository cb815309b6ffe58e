package io.etcetera.server.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** A WebSocket on which a test sends the frames that it likes. */
public final class RawWebSocket implements AutoCloseable {
    public static final int TEXT = 0x81;
    public static final int FIRST_TEXT = 0x01;
    public static final int LAST_PIECE = 0x80;
    public static final int BINARY = 0x82;
    public static final int CLOSE = 0x88;
    public static final int PING = 0x89;

    private static final String[] HANDSHAKE = {
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };
    /** Of a frame of 64 KiB or more; of shorter ones, fewer. */
    private static final int HEAD_BYTES = 14;

    private static final int MASKED = 0x80;
    private static final byte[] MASK = {1, 2, 3, 4};
    private static final int TWO_BYTES_FOLLOW = 126;
    private static final int EIGHT_BYTES_FOLLOW = 127;

    private final RawHttp connection;
    private final RawHttp.Answer handshake;

    /** Asks for a WebSocket. */
    public RawWebSocket(String url, String path, String... headers) throws IOException {
        connection = new RawHttp(url);
        String[] all =
                Stream.concat(Arrays.stream(HANDSHAKE), Arrays.stream(headers)).toArray(String[]::new);
        connection.send("GET", path, new byte[0], all);
        handshake = connection.receive(false);
    }

    /** What the server has answered; with 101, there is a WebSocket. */
    public RawHttp.Answer handshake() {
        return handshake;
    }

    public void send(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a frame.
     *
     * @param head the first byte: flags and kind
     */
    public void send(int head, byte[] payload) throws IOException {
        connection.write(frame(head, payload));
    }

    /** Sends the beginning of a frame whose payload is said to be so long, and no payload. */
    public void announce(int length) throws IOException {
        connection.write(Arrays.copyOf(frame(TEXT, new byte[length]), HEAD_BYTES));
    }

    /** A frame as a client has to send it. */
    public static byte[] frame(int head, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + HEAD_BYTES).put((byte) head);
        if (payload.length < TWO_BYTES_FOLLOW) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) (MASKED | TWO_BYTES_FOLLOW)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | EIGHT_BYTES_FOLLOW)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
        }
        return Arrays.copyOf(frame.array(), frame.position());
    }

    /**
     * The next frame. Texts as they are; others behind their first byte in hexadecimal digits, closing ones with their status
     * alone; {@code "end"} at the end of the connection.
     */
    public String receive() throws IOException {
        byte[] head = connection.read(2);
        if (head.length < 2) {
            return "end";
        }
        int length = head[1];
        if (length == TWO_BYTES_FOLLOW || length == EIGHT_BYTES_FOLLOW) {
            length = new BigInteger(1, connection.read(length == TWO_BYTES_FOLLOW ? 2 : 8)).intValueExact();
        }
        byte[] payload = connection.read(length);
        int kind = head[0] & 0xff;
        if (kind == TEXT) {
            return new String(payload, StandardCharsets.UTF_8);
        }
        String shown = kind == CLOSE
                ? payload.length < 2
                        ? ""
                        : String.valueOf(ByteBuffer.wrap(payload).getShort())
                : new String(payload, StandardCharsets.UTF_8);
        return Integer.toHexString(kind) + " " + shown;
    }

    /** The payload of a closing frame. */
    public static byte[] status(int code) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(code >> 8);
        payload.write(code);
        return payload.toByteArray();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
