package io.etcetera.server.rpc;

import com.google.protobuf.MessageLite;
import io.etcetera.server.net.EncodedMessage;
import java.io.IOException;
import java.io.OutputStream;

/** An encoded answer on its way out. Used once, by one thread at a time. */
abstract class Outbound extends EncodedMessage {

    Outbound(int size) {
        super(size);
    }

    /** An answer that is bytes already. */
    static Outbound of(byte[] encoded) {
        return new Whole(encoded);
    }

    /** An answer off the hot path. */
    static Outbound of(MessageLite message) {
        return new Whole(message.toByteArray());
    }

    private static final class Whole extends Outbound {
        private final byte[] encoded;

        Whole(byte[] encoded) {
            super(encoded.length);
            this.encoded = encoded;
        }

        @Override
        protected void writeTo(OutputStream target) throws IOException {
            target.write(encoded);
        }
    }
}
