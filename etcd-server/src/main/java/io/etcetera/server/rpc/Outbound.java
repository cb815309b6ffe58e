package io.etcetera.server.rpc;

import com.google.protobuf.MessageLite;
import io.etcetera.server.net.EncodedMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** An encoded answer on its way out. Used once, by one thread at a time. */
public abstract class Outbound extends EncodedMessage {

    protected Outbound(int size) {
        super(size);
    }

    /** How many results there are, whether they are in it or not. For those who tell of slow calls. */
    public long count() {
        return 0;
    }

    /** How many records are in it. */
    public int records() {
        return 0;
    }

    /** All of it. */
    public byte[] encoded() {
        ByteArrayOutputStream copy = new ByteArrayOutputStream(size());
        try {
            writeTo(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy.toByteArray();
    }

    /** The first part of it, with the header. */
    public byte[] beginning() {
        return encoded();
    }

    /** An answer that is bytes already. */
    public static Outbound of(byte[] encoded) {
        return new Whole(encoded);
    }

    /** An answer off the hot path. */
    public static Outbound of(MessageLite message) {
        return new Whole(message.toByteArray());
    }

    private static final class Whole extends Outbound {
        private final byte[] encoded;

        Whole(byte[] encoded) {
            super(encoded.length);
            this.encoded = encoded;
        }

        @Override
        public byte[] encoded() {
            return encoded;
        }

        @Override
        protected void writeTo(OutputStream target) throws IOException {
            target.write(encoded);
        }
    }
}
