package io.etcetera.server.net;

import io.etcetera.server.text.OsErrors;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Single datagrams to unix sockets. By Netty's native code, for the JDK has no such sockets; so they exist on Linux only. */
public final class UnixDatagram {
    private UnixDatagram() {}

    /**
     * Sends a text to a socket. Does not block: who does not take the datagram now does not get it.
     *
     * @param name path of the socket, or {@code @} and the name of an abstract one
     * @throws IOException in Go's words, if there is nobody to take it, or no native code for this platform
     */
    public static void send(String name, String text) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("there are no unix datagrams on this platform", Epoll.unavailabilityCause());
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        Socket socket = Socket.newSocketDomainDgram();
        try {
            connect(socket, name);
            if (socket.write(message, 0, bytes.length) != bytes.length) {
                throw new IOException("write unixgram " + name + ": the receiver's queue is full");
            }
        } finally {
            socket.close();
        }
    }

    private static void connect(Socket socket, String name) throws IOException {
        // The kernel tells an abstract name by its first byte, which is zero.
        String path = name.startsWith("@") ? "\0" + name.substring(1) : name;
        try {
            socket.connect(new DomainSocketAddress(path));
        } catch (IOException e) {
            throw new IOException("dial unixgram " + name + ": connect: " + OsErrors.nativeReason(e), e);
        }
    }
}
