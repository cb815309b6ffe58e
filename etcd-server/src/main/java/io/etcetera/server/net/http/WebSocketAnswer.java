package io.etcetera.server.net.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.function.Consumer;

/** What a WebSocket looks like to who answers over it. On the connection's event loop. */
final class WebSocketAnswer extends ConnectionAnswer implements WebSocket {
    /** The last thing that was sent. */
    private ChannelFuture sent;

    private boolean begun;
    private Consumer<byte[]> receiver = message -> {};

    /**
     * Over a channel that does not read yet.
     *
     * @param handshake done when the client has been told that this is a WebSocket
     */
    WebSocketAnswer(Channel channel, ChannelFuture handshake) {
        super(channel);
        this.sent = handshake;
    }

    @Override
    public void reply(HttpReply answer) {
        loop().execute(() -> stream(answer).end());
    }

    @Override
    public HttpStream stream(HttpReply head) {
        if (head.body().length > 0) {
            write(head.body());
        }
        return this;
    }

    @Override
    public void write(byte[] piece) {
        if (!hasEnded()) {
            int length = piece[piece.length - 1] == '\n' ? piece.length - 1 : piece.length;
            sent = channel().writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(piece, 0, length)));
        }
    }

    @Override
    public void end() {
        if (tryEnd()) {
            var unused = sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void onMessage(Consumer<byte[]> receiver) {
        this.receiver = receiver;
        if (!begun) {
            begun = true;
            read(true);
        }
    }

    @Override
    public void read(boolean more) {
        if (begun && !hasEnded()) {
            channel().config().setAutoRead(more);
        }
    }

    void received(byte[] message) {
        if (!hasEnded()) {
            receiver.accept(message);
        }
    }
}
