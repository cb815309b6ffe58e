package io.etcetera.server.transport.peer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.etcetera.proto.peer.PeerGrpc;
import io.etcetera.server.net.EncodedMessage;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Message Frame of the peer protocol, without the copies that generated code would make of its data.
 *
 * @param id what an answer is matched by; 0 for a ping
 * @param data neither copied nor to be changed
 */
record Frame(long id, byte[] data) {
    /** Asks whether anybody is there, and says so. */
    static final Frame PING = new Frame(0, new byte[0]);

    static final MethodDescriptor<Frame, Frame> APPEND = framed(PeerGrpc.getAppendMethod());
    static final MethodDescriptor<Frame, Frame> CONTROL = framed(PeerGrpc.getControlMethod());
    static final MethodDescriptor<Frame, Frame> FORWARD = framed(PeerGrpc.getForwardMethod());

    private static final int GRPC_PREFIX_BYTES = 5;
    private static final int ID_FIELD = 1;
    private static final int DATA_FIELD = 2;
    private static final int READ_BUFFER_BYTES = 64;

    private static MethodDescriptor<Frame, Frame> framed(MethodDescriptor<?, ?> generated) {
        Marshaller marshaller = new Marshaller();
        return generated.toBuilder(marshaller, marshaller).build();
    }

    /** How much it is on the wire, with gRPC's prefix, and HTTP/2's frames aside. */
    int wireBytes() {
        return GRPC_PREFIX_BYTES + encodedBytes();
    }

    private int encodedBytes() {
        return (id == 0 ? 0 : CodedOutputStream.computeUInt64Size(ID_FIELD, id))
                + (data.length == 0 ? 0 : CodedOutputStream.computeByteArraySize(DATA_FIELD, data));
    }

    boolean isPing() {
        return id == 0 && data.length == 0;
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<Frame> {
        @Override
        public InputStream stream(Frame frame) {
            return new Encoded(frame);
        }

        @Override
        public Frame parse(InputStream stream) {
            // A small buffer, so that the data goes straight into an array of its own.
            CodedInputStream input = CodedInputStream.newInstance(stream, READ_BUFFER_BYTES);
            long id = 0;
            byte[] data = PING.data;
            try {
                for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                    switch (WireFormat.getTagFieldNumber(tag)) {
                        case ID_FIELD -> id = input.readUInt64();
                        case DATA_FIELD -> data = input.readByteArray();
                        default -> input.skipField(tag);
                    }
                }
            } catch (InvalidProtocolBufferException e) {
                throw Status.INTERNAL
                        .withDescription("not a frame of the peer protocol")
                        .withCause(e)
                        .asRuntimeException();
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription("a frame could not be read")
                        .withCause(e)
                        .asRuntimeException();
            }
            return new Frame(id, data);
        }
    }

    private static final class Encoded extends EncodedMessage {
        private final Frame frame;

        Encoded(Frame frame) {
            super(frame.encodedBytes());
            this.frame = frame;
        }

        @Override
        protected void writeTo(OutputStream target) throws IOException {
            byte[] start = new byte[size() - frame.data.length];
            CodedOutputStream output = CodedOutputStream.newInstance(start);
            if (frame.id != 0) {
                output.writeUInt64(ID_FIELD, frame.id);
            }
            if (frame.data.length != 0) {
                output.writeTag(DATA_FIELD, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                output.writeUInt32NoTag(frame.data.length);
            }
            target.write(start);
            target.write(frame.data);
        }
    }
}
