package io.etcetera.daemon.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What comes back on one call, as text in the order of arrival: messages, and at the end "OK", or code and text of the
 * error. IDs of cluster, member and leases that the server chose, and terms, are masked.
 */
final class Reply<Q, R extends Message> implements ClientResponseObserver<Q, R> {
    private static final long WAIT_SECONDS = 60;
    private static final Pattern LEASE_IN_KEY = Pattern.compile("/[0-9a-f]{12,16}\"");
    private static final Pattern LEASE = Pattern.compile("lease: \\d{12,}");

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<Q> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requests) {
        call = requests;
    }

    @Override
    public void onNext(R message) {
        lines.add(text(message));
    }

    @Override
    public void onError(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        lines.add(status.getCode() + ": " + status.getDescription());
    }

    @Override
    public void onCompleted() {
        lines.add("OK");
    }

    void cancel() {
        if (call != null) {
            call.cancel("the test has seen enough", null);
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The next line; waits for it. */
    String next() throws InterruptedException {
        String line = lines.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("no answer within " + WAIT_SECONDS + " s");
        }
        return line;
    }

    static String text(Message message) {
        Message.Builder masked = message.toBuilder();
        FieldDescriptor header = message.getDescriptorForType().findFieldByName("header");
        if (header != null && message.getField(header) instanceof ResponseHeader present) {
            masked.setField(
                    header,
                    ResponseHeader.newBuilder()
                            .setRevision(present.getRevision())
                            .build());
        }
        String text = TextFormat.printer().emittingSingleLine(true).printToString(masked.build());
        return LEASE.matcher(LEASE_IN_KEY.matcher(text).replaceAll("/LEASE\"")).replaceAll("lease: LEASE");
    }
}
