package io.etcetera.server.cluster.boot;

import io.etcetera.server.cluster.boot.SrvResolver.SrvRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A name server on UDP that knows SRV records and nothing else; RFC 1035 for the messages, RFC 2782 for the records. */
final class FakeNameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int ANSWER = 0x8580;
    private static final int NAME_ERROR = 3;
    private static final int TYPE_SRV = 33;
    private static final int CLASS_INTERNET = 1;
    private static final int POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Map<String, List<SrvRecord>> records;
    private final Thread thread = new Thread(this::run, "name-server");

    /** @param records by name, without the dot at the end */
    FakeNameServer(Map<String, List<SrvRecord>> records) throws IOException {
        this.records = Map.copyOf(records);
        thread.start();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    private void run() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket query = new DatagramPacket(buffer, buffer.length);
                socket.receive(query);
                byte[] answer = answer(Arrays.copyOf(buffer, query.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += 1 + query[at];
        }
        int questionEnd = at + 5;
        List<SrvRecord> found = records.getOrDefault(name.toString(), List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(records.containsKey(name.toString()) ? ANSWER : ANSWER | NAME_ERROR);
        out.writeShort(1);
        out.writeShort(found.size());
        out.writeInt(0);
        out.write(query, HEADER_BYTES, questionEnd - HEADER_BYTES);
        for (SrvRecord record : found) {
            byte[] target = encode(record.target());
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(TYPE_SRV);
            out.writeShort(CLASS_INTERNET);
            out.writeInt(60);
            out.writeShort(6 + target.length);
            out.writeShort(record.priority());
            out.writeShort(0);
            out.writeShort(record.port());
            out.write(target);
        }
        return bytes.toByteArray();
    }

    private static byte[] encode(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
