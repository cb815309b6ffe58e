package io.etcetera.daemon.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An HTTP/2 connection that does what it is told, and nothing by itself: it answers neither settings nor pings. For
 * tests of how a server treats clients that no library would be. One thread.
 */
public final class RawHttp2 implements Closeable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;

    public static final int REFUSED_STREAM = 7;
    public static final int CANCEL = 8;
    public static final int ENHANCE_YOUR_CALM = 11;

    private static final int MAX_FRAME_BYTES = 1 << 14;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A frame that was received. */
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean is(int wanted) {
            return type == wanted;
        }

        /** Whether the sender has nothing more to say on this stream. */
        public boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** Error code of RST_STREAM and, behind the last stream, of GOAWAY. */
        public int errorCode() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }

        /** What a GOAWAY says about itself. */
        public String debugText() {
            return new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
        }
    }

    /** Connects, and sends preface and empty settings. */
    public RawHttp2(ServerProcess server) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.clientPort());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    public void send(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(frame(type, flags, stream, payload));
    }

    /** Bytes of a frame, to be sent many at a time. */
    public static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putShort((short) (payload.length >>> 8))
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    public void sendBytes(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    public void ping() throws IOException {
        send(PING, 0, 0, new byte[8]);
    }

    /** Answers a ping. */
    public void pong(Frame ping) throws IOException {
        send(PING, ACK, 0, ping.payload());
    }

    public static byte[] errorCode(int code) {
        return ByteBuffer.allocate(4).putInt(code).array();
    }

    /** Opens a stream for a gRPC method, named as in etcdserverpb.KV/Range. */
    public void open(int stream, String method) throws IOException {
        send(HEADERS, END_HEADERS, stream, grpcHeaders(method));
    }

    /** Sends a gRPC message that must fit into one frame, and perhaps ends this side of the stream. */
    public void message(int stream, byte[] message, boolean last) throws IOException {
        byte[] framed = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        if (framed.length > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("does not fit into a frame: " + message.length);
        }
        send(DATA, last ? END_STREAM : 0, stream, framed);
    }

    /** Header block of a gRPC call. */
    public static byte[] grpcHeaders(String method) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        header(block, ":method", "POST");
        header(block, ":scheme", "http");
        header(block, ":path", "/" + method);
        header(block, ":authority", "localhost");
        header(block, "te", "trailers");
        header(block, "content-type", "application/grpc");
        return block.toByteArray();
    }

    /** Adds one header to a block: never indexed and without Huffman's code, so that sizes are plain. */
    public static void header(ByteArrayOutputStream block, String name, String value) {
        block.write(0x10);
        string(block, name);
        string(block, value);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int rest = bytes.length;
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            rest -= 127;
            while (rest >= 128) {
                block.write((rest & 127) | 128);
                rest >>>= 7;
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /**
     * The next frame that is wanted; others are passed over. Empty if the connection ended before.
     *
     * @throws SocketTimeoutException if neither happens for so long
     */
    public Optional<Frame> await(Predicate<Frame> wanted, int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (true) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("no such frame within " + timeoutMillis + " ms");
            }
            socket.setSoTimeout((int) left);
            Optional<Frame> frame = next();
            if (frame.isEmpty() || wanted.test(frame.get())) {
                return frame;
            }
        }
    }

    /** Waits until the server has closed the connection. */
    public void awaitEnd(int timeoutMillis) throws IOException {
        await(frame -> false, timeoutMillis);
    }

    private Optional<Frame> next() throws IOException {
        try {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & 0x7fff_ffff;
            byte[] payload = new byte[length];
            in.readFully(payload);
            return Optional.of(new Frame(type, flags, stream, payload));
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        }
    }

    /** What has not been read yet; for reading on another thread while this one sends. */
    public InputStream input() {
        return in;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
