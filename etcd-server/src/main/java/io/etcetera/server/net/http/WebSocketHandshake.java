package io.etcetera.server.net.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.flow.FlowControlHandler;
import java.util.Optional;

/** Makes a WebSocket (RFC 6455) of a connection that speaks HTTP/1.1. */
final class WebSocketHandshake {
    private WebSocketHandshake() {}

    /**
     * Puts WebSocket's handlers in place of HTTP's, and tells the client. On the connection's event loop.
     *
     * @param http of the {@link HttpConnection}
     * @param maxMessageBytes length of the longest message that is read
     */
    static WebSocket complete(ChannelHandlerContext http, String key, Optional<String> protocol, int maxMessageBytes) {
        ChannelPipeline pipeline = http.pipeline();
        ChannelPromise handshake = http.newPromise();
        WebSocketAnswer answer = new WebSocketAnswer(http.channel(), handshake);
        http.channel().config().setAutoRead(false);
        // Before the handshake: what the client has sent too early is passed on by HTTP's decoder when that is removed.
        pipeline.remove(HttpServerKeepAliveHandler.class);
        pipeline.addBefore(http.name(), null, new WebSocketFrameAggregator(maxMessageBytes));
        pipeline.addBefore(http.name(), null, new FlowControlHandler()); // one read may bring many messages
        pipeline.replace(http.handler(), null, new WebSocketConnection(answer, pipeline.get(SlowRequests.class)));
        var unused = new WebSocketServerHandshaker13("", null, config(maxMessageBytes))
                .handshake(http.channel(), request(key), headers(protocol), handshake);
        return answer;
    }

    /** Text is not looked at here: JSON's own reader knows what to say about bytes that are none. */
    private static WebSocketDecoderConfig config(int maxMessageBytes) {
        return WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(maxMessageBytes)
                .allowExtensions(false)
                .withUTF8Validator(false)
                .build();
    }

    private static FullHttpRequest request(String key) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key);
        return request;
    }

    private static HttpHeaders headers(Optional<String> protocol) {
        HttpHeaders headers = new DefaultHttpHeaders();
        protocol.ifPresent(name -> headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, name));
        return headers;
    }
}
