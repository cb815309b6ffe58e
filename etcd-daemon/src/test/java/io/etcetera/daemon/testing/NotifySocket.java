package io.etcetera.daemon.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcetera.server.testing.cluster.Await;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** What systemd listens on for news of its services. */
public final class NotifySocket implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Socket socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

    /** Opens one at a path, or an abstract one whose name begins with {@code @}. Skips the test where there is no such thing. */
    public NotifySocket(String name) throws IOException {
        assumeTrue(Epoll.isAvailable(), "there are no unix datagrams on this platform");
        socket = Socket.newSocketDomainDgram();
        socket.bind(new DomainSocketAddress(name.startsWith("@") ? "\0" + name.substring(1) : name));
    }

    /** The next datagram. */
    public String next() {
        return Await.value("a notification", PATIENCE, this::poll);
    }

    private Optional<String> poll() {
        try {
            int length = socket.recv(buffer, 0, buffer.capacity());
            if (length <= 0) {
                return Optional.empty();
            }
            return Optional.of(
                    StandardCharsets.UTF_8.decode(buffer.slice(0, length)).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
