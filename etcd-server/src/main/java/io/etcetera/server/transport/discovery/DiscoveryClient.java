package io.etcetera.server.transport.discovery;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.server.DiscoveryConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.boot.DiscoveryService;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The discovery service by gRPC. Its endpoints are tried in turn; who has answered last is asked first. Connections and
 * threads are its own, and end with it.
 */
public final class DiscoveryClient implements DiscoveryService {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final DiscoveryConfig config;
    private final DiscoveryChannels channels;
    private int preferred;
    private String loginToken = "";

    /** What is asked of the service, on a channel to one of its members. */
    @FunctionalInterface
    private interface Question<A> {
        Future<A> ask(Channel channel);
    }

    private DiscoveryClient(DiscoveryConfig config, DiscoveryChannels channels) {
        this.config = config;
        this.channels = channels;
    }

    /** Connects members that use this clock. */
    public static Connector connector(TimeSource time) {
        return config -> {
            DiscoveryClient client = new DiscoveryClient(config, DiscoveryChannels.open(config, time));
            boolean connected = false;
            try {
                client.logIn();
                connected = true;
                return client;
            } finally {
                if (!connected) {
                    client.close();
                }
            }
        };
    }

    private void logIn() throws IOException, InterruptedException {
        if (config.user().isEmpty() || config.password().isEmpty()) {
            return;
        }
        AuthenticateRequest request = AuthenticateRequest.newBuilder()
                .setName(config.user())
                .setPassword(config.password())
                .build();
        loginToken = "";
        loginToken = oneOf(channel -> AuthGrpc.newFutureStub(channel)
                        .withDeadlineAfter(config.dialTimeout().toNanos(), TimeUnit.NANOSECONDS)
                        .authenticate(request))
                .getToken();
    }

    @Override
    public Entries get(String key) throws IOException, InterruptedException {
        return range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)));
    }

    @Override
    public Entries getAll(String prefix) throws IOException, InterruptedException {
        return range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setRangeEnd(endOf(prefix)));
    }

    /** The first key behind all that begin like this. No prefix here ends with the last byte there is. */
    private static ByteString endOf(String prefix) {
        byte[] end = ByteString.copyFromUtf8(prefix).toByteArray();
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }

    private Entries range(RangeRequest.Builder request) throws IOException, InterruptedException {
        RangeResponse found = withLogin(channel -> KVGrpc.newFutureStub(channel)
                .withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS)
                .range(request.build()));
        List<Entry> entries = found.getKvsList().stream()
                .map(kv -> new Entry(kv.getKey().toStringUtf8(), kv.getValue().toStringUtf8(), kv.getCreateRevision()))
                .toList();
        return new Entries(entries, found.getHeader().getRevision());
    }

    @Override
    public void put(String key, String value) throws IOException, InterruptedException {
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        withLogin(channel -> KVGrpc.newFutureStub(channel)
                .withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS)
                .put(request));
    }

    @Override
    public void awaitChange(String prefix, long afterRevision) throws IOException, InterruptedException {
        withLogin(channel -> ChangeWatch.start(
                WatchGrpc.newStub(channel), ByteString.copyFromUtf8(prefix), endOf(prefix), afterRevision + 1));
    }

    private long nanos() {
        Duration timeout = config.requestTimeout();
        return timeout.toNanos();
    }

    /** Logs in anew if the service has forgotten who this is, which it does after some time. */
    private <A> A withLogin(Question<A> question) throws IOException, InterruptedException {
        try {
            return oneOf(question);
        } catch (IOException e) {
            boolean forgotten = !loginToken.isEmpty()
                    && e.getCause() instanceof StatusRuntimeException refusal
                    && refusal.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
            if (!forgotten) {
                throw e;
            }
            logIn();
            return oneOf(question);
        }
    }

    private <A> A oneOf(Question<A> question) throws IOException, InterruptedException {
        List<ManagedChannel> all = channels.all();
        IOException failure = new IOException("there is no endpoint");
        for (int i = 0; i < all.size(); i++) {
            int index = (preferred + i) % all.size();
            Future<A> answer = question.ask(named(all.get(index)));
            try {
                A result = answer.get();
                preferred = index;
                return result;
            } catch (ExecutionException e) {
                Status status = Status.fromThrowable(e);
                failure = new IOException(describe(status), status.asRuntimeException());
                if (status.getCode() != Status.Code.UNAVAILABLE) {
                    throw failure;
                }
            } finally {
                answer.cancel(true);
            }
        }
        throw failure;
    }

    private Channel named(Channel channel) {
        if (loginToken.isEmpty()) {
            return channel;
        }
        Metadata headers = new Metadata();
        headers.put(TOKEN, loginToken);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String describe(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "context deadline exceeded";
        }
        Throwable cause = status.getCause();
        String text = String.valueOf(status.getDescription());
        return cause == null ? text : text + ": " + cause.getMessage();
    }

    @Override
    public void close() {
        channels.close();
    }
}
