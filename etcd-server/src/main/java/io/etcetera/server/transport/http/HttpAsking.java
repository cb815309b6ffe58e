package io.etcetera.server.transport.http;

import io.etcetera.server.net.DialAddress;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One question and its answer, on a connection of its own. The thread that asks looks up the host and waits; the rest is done on
 * an event loop. Used once.
 */
final class HttpAsking {
    /** As many bytes as a list of thousands of members takes. */
    private static final int MAX_ANSWER_BYTES = 4 << 20;

    private final EventLoops loops;
    private final Optional<ClientTls> tls;
    private final Executor handshakes;
    private final CompletableFuture<HttpQuestion.Answer> answer = new CompletableFuture<>();

    /**
     * @param tls empty for a connection without it
     * @param handshakes where the parts of a handshake that take long are done
     */
    HttpAsking(EventLoops loops, Optional<ClientTls> tls, Executor handshakes) {
        this.loops = loops;
        this.tls = tls;
        this.handshakes = handshakes;
    }

    /**
     * Asks.
     *
     * @param timeout from connecting to the last byte
     * @throws IOException if there is no answer in that time, or none at all
     */
    HttpQuestion.Answer ask(HttpQuestion question, Duration timeout) throws IOException, InterruptedException {
        SocketAddress place = question.address().lookUp();
        Channel channel = connect(question, place, timeout);
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(question.address().url() + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException(
                    question.address().url() + " does not answer within " + timeout.toMillis() + " ms", e);
        } finally {
            var unused = channel.close(); // there is nobody to tell
        }
    }

    private Channel connect(HttpQuestion question, SocketAddress place, Duration timeout) {
        ChannelFuture connecting = new Bootstrap()
                .group(loops.group())
                .channel(loops.connectionType(question.address()))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) throws SSLException {
                        append(channel, question.address());
                    }
                })
                .connect(place);
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                connecting.channel().writeAndFlush(requestOf(question)).addListener(sent -> failOf(sent.cause()));
            } else {
                failOf(connected.cause());
            }
        });
        return connecting.channel();
    }

    private void append(Channel channel, DialAddress address) throws SSLException {
        if (tls.isPresent()) {
            channel.pipeline()
                    .addLast(new SslHandler(
                            tls.get()
                                    .newHttpEngine(address.host(), address.url().getPort()),
                            false,
                            handshakes));
        }
        channel.pipeline()
                .addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_ANSWER_BYTES, true), new Listener());
    }

    private void failOf(@Nullable Throwable cause) {
        if (cause != null) {
            answer.completeExceptionally(cause);
        }
    }

    private static FullHttpRequest requestOf(HttpQuestion question) {
        ByteBuf body = Unpooled.copiedBuffer(question.body(), StandardCharsets.UTF_8);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, question.path(), body);
        request.headers()
                .set(HttpHeaderNames.HOST, question.address().host())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (body.isReadable()) {
            request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        question.headers().forEach((name, value) -> request.headers().set(name, value));
        return request;
    }

    private final class Listener extends SimpleChannelInboundHandler<FullHttpResponse> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                failOf(response.decoderResult().cause());
                return;
            }
            Map<String, String> headers = new LinkedHashMap<>();
            response.headers()
                    .forEach(
                            header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
            answer.complete(new HttpQuestion.Answer(
                    response.status().code(), headers, response.content().toString(StandardCharsets.UTF_8)));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.completeExceptionally(new IOException("the connection ended without an answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(cause);
        }
    }
}
