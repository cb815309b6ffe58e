package io.etcetera.daemon.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.net.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Timeout(60)
class TcpProxyTest {
    private static final Logger LOG = LoggerFactory.getLogger(TcpProxyTest.class);

    private final List<ServerSocket> sockets = new ArrayList<>();

    /** Of ports that nobody listens on: none that the system gives to a client or to whoever asks for any. */
    private final FreePorts ports = new FreePorts();

    @AfterEach
    void close() throws IOException {
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        ports.close();
    }

    /** Answers each connection with one byte, then with what comes. */
    private Endpoint echo(int port, int mark) throws IOException {
        ServerSocket server = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());
        sockets.add(server);
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(mark);
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                    LOG.debug("a connection, or the server, has been closed", e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    private static Socket connect(TcpProxy proxy) throws IOException {
        Socket socket = new Socket(proxy.address().getAddress(), proxy.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Which endpoint answers; -1 if none. */
    private static int mark(TcpProxy proxy) throws IOException {
        try (Socket socket = connect(proxy)) {
            return socket.getInputStream().read();
        }
    }

    @Test
    void passesOnEveryByteBothWays() throws Exception {
        Endpoint endpoint = echo(0, 7);
        byte[] bytes = new byte[3_000_001];
        new Random(7).nextBytes(bytes);
        try (TcpProxy proxy = TcpProxy.open("127.0.0.1:0", List.of(endpoint), Duration.ofMinutes(1));
                Socket socket = connect(proxy)) {
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(7);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    OutputStream out = socket.getOutputStream();
                    out.write(bytes);
                    out.flush();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(Arrays.equals(in.readNBytes(bytes.length), bytes)).isTrue();
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void goesInTurnAndPassesOverWhatDoesNotAnswerUntilItDoes() throws Exception {
        int deadPort = ports.next();
        Endpoint dead = new Endpoint("127.0.0.1", deadPort);
        Endpoint one = echo(0, 1);
        Endpoint two = echo(0, 2);
        try (TcpProxy proxy = TcpProxy.open("127.0.0.1:0", List.of(dead, one, two), Duration.ofMillis(50))) {
            List<Integer> marks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                marks.add(mark(proxy));
            }
            assertThat(marks).containsOnly(1, 2).contains(1, 2);

            echo(deadPort, 3);
            while (mark(proxy) != 3) {
                Thread.sleep(10); // it is tried again now and then
            }
        }
    }

    @Test
    void closesAConnectionThatNobodyTakes() throws Exception {
        Endpoint dead = new Endpoint("127.0.0.1", ports.next());
        try (TcpProxy proxy = TcpProxy.open("127.0.0.1:0", List.of(dead), Duration.ofMinutes(1))) {
            assertThat(mark(proxy)).isEqualTo(-1);
            assertThat(mark(proxy)).isEqualTo(-1);
        }
    }

    @Test
    void takesTheBestPriorityAndSharesByWeight() {
        Endpoint much = new Endpoint("a", 1, 1, 90);
        Endpoint little = new Endpoint("b", 1, 1, 10);
        Endpoint none = new Endpoint("c", 1, 1, 0);
        Endpoint later = new Endpoint("d", 1, 2, 100);
        EndpointChoice choice = new EndpointChoice(List.of(later, much, little, none), new Random(5));
        List<Endpoint> chosen = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            chosen.add(choice.next().orElseThrow());
        }
        assertThat(chosen).doesNotContain(later);
        assertThat(chosen.stream().filter(much::equals).count()).isBetween(8_000L, 9_500L);
        assertThat(chosen.stream().filter(little::equals).count()).isBetween(500L, 1_500L);
        assertThat(chosen.stream().filter(none::equals).count()).isBetween(10L, 500L);

        choice.deactivate(much);
        choice.deactivate(little);
        choice.deactivate(none);
        assertThat(choice.next()).contains(later);
        choice.deactivate(later);
        assertThat(choice.next()).isEmpty();
        choice.activate(little);
        assertThat(choice.next()).contains(little);
    }
}
