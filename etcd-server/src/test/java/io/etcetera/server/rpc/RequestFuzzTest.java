package io.etcetera.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.server.DeepStack;
import io.etcetera.server.EtcdException;
import io.etcetera.server.testing.FilledMessages;
import io.etcetera.server.text.RequestText;
import io.etcetera.testing.fuzz.Fuzz;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of every method as no client library would send them: each is a message or a status, and never an exception. */
class RequestFuzzTest {
    private static final int MAX_MESSAGE_BYTES = 64 << 10;
    private static final Marshallers MARSHALLERS = new Marshallers(MAX_MESSAGE_BYTES);
    private static final RequestValidator VALIDATOR = new RequestValidator(128);

    static Stream<ServiceDescriptor> services() {
        return Stream.of(
                KVGrpc.getServiceDescriptor(),
                WatchGrpc.getServiceDescriptor(),
                LeaseGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                MaintenanceGrpc.getServiceDescriptor(),
                AuthGrpc.getServiceDescriptor(),
                LockGrpc.getServiceDescriptor(),
                ElectionGrpc.getServiceDescriptor());
    }

    /** As it comes from the transport: not compressed. */
    private static final class Arrived extends ByteArrayInputStream implements KnownLength {
        Arrived(byte[] message) {
            super(message);
        }
    }

    private static byte[] sample(MethodDescriptor<?, ?> method) {
        if (method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return FilledMessages.of(prototype).toByteArray();
        }
        throw new IllegalArgumentException("not a protobuf method: " + method);
    }

    private static Fuzz fuzz(String name) {
        return Fuzz.of(name)
                .stackBytes(DeepStack.BYTES)
                .maxBytes(MAX_MESSAGE_BYTES + 100)
                .allocating(8 << 20, 600);
    }

    /** Each input is read as the request of each method. */
    @ParameterizedTest
    @MethodSource("services")
    void methods(ServiceDescriptor service) {
        List<MethodDescriptor<Object, Outbound>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(MARSHALLERS.adapt(method)));

        fuzz(service.getName())
                .samples(service.getMethods().stream()
                        .map(RequestFuzzTest::sample)
                        .toList())
                .allocating(32 << 20, 600L * methods.size())
                .run(bytes -> {
                    for (MethodDescriptor<Object, Outbound> method : methods) {
                        Object plain = method.parseRequest(new Arrived(bytes));
                        Object unpacked = method.parseRequest(new ByteArrayInputStream(bytes));
                        assertThat(plain).isInstanceOfAny(Message.class, Status.class);
                        assertThat(plain instanceof Message).isEqualTo(unpacked instanceof Message);
                        if (plain instanceof Message message) {
                            assertThat(RequestText.fields(message)).isNotNull();
                        }
                    }
                });
    }

    private static void validate(Object parsed) throws EtcdException {
        if (parsed instanceof RangeRequest range) {
            VALIDATOR.check(range);
            VALIDATOR.checkStream(range);
        } else if (parsed instanceof PutRequest put) {
            VALIDATOR.check(put);
        } else if (parsed instanceof DeleteRangeRequest delete) {
            VALIDATOR.check(delete);
        } else if (parsed instanceof TxnRequest txn) {
            VALIDATOR.check(txn);
            assertThat(RequestText.of(txn)).isNotNull();
        }
    }

    /** Bytes of a put in a transaction in a transaction and so on; made without the stack that it takes to read them. */
    private static byte[] nested(int depth) {
        ByteString txn = field(2, field(2, field(1, ByteString.copyFromUtf8("k"))));
        for (int i = 1; i < depth; i++) {
            txn = field(2, field(4, txn));
        }
        return txn.toByteArray();
    }

    private static ByteString field(int number, ByteString content) {
        ByteString.Output out = ByteString.newOutput();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            coded.writeBytes(number, content);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteString();
    }

    /** Beginnings of messages inside one another, each longer than what is left. */
    private static byte[] bottomless() {
        byte[] beginning = {0x12, (byte) 0xff, 0x7f, 0x22, (byte) 0xff, 0x7f};
        byte[] bytes = new byte[60_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = beginning[i % beginning.length];
        }
        return bytes;
    }

    @Test
    void transactionsInsideTransactions() {
        MethodDescriptor<Object, Outbound> txn = MARSHALLERS.adapt(KVGrpc.getTxnMethod());

        fuzz("nested transactions")
                .samples(nested(1), nested(50))
                .past(sample(KVGrpc.getTxnMethod()), nested(2_000), nested(4_990), nested(5_100), bottomless())
                .refusing(EtcdException.class)
                .run(bytes -> validate(txn.parseRequest(new Arrived(bytes))));
    }

    @Test
    void checksOfRequests() {
        MethodDescriptor<Object, Outbound> range = MARSHALLERS.adapt(KVGrpc.getRangeMethod());
        MethodDescriptor<Object, Outbound> put = MARSHALLERS.adapt(KVGrpc.getPutMethod());
        MethodDescriptor<Object, Outbound> delete = MARSHALLERS.adapt(KVGrpc.getDeleteRangeMethod());

        fuzz("checks of requests")
                .samples(new byte[] {0x0a, 1, 'k'}, new byte[] {0x0a, 1, 'k', 0x12, 1, 'l'})
                .refusing(EtcdException.class)
                .run(bytes -> {
                    validate(range.parseRequest(new Arrived(bytes)));
                    validate(put.parseRequest(new Arrived(bytes)));
                    validate(delete.parseRequest(new Arrived(bytes)));
                });
    }
}
