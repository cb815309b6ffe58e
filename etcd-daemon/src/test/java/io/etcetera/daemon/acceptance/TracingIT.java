package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of calls, as a collector gets them. */
class TracingIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    @TempDir
    private Path directory;

    private final List<ExportTraceServiceRequest> exported = new CopyOnWriteArrayList<>();
    private Server collector;

    @BeforeEach
    void startCollector() throws Exception {
        collector = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new TraceServiceGrpc.TraceServiceImplBase() {
                    @Override
                    public void export(
                            ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
                        exported.add(request);
                        answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void stopCollector() {
        collector.shutdownNow();
    }

    private ServerProcess start(int samplesPerMillion) throws Exception {
        return ServerProcess.start(
                Tools.ourEtcd(),
                directory,
                "--enable-distributed-tracing",
                "--distributed-tracing-address=localhost:" + collector.getPort(),
                "--distributed-tracing-instance-id=first",
                "--distributed-tracing-sampling-rate=" + samplesPerMillion);
    }

    private List<Span> spans(String name) {
        return exported.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        return attributes.stream()
                .filter(attribute -> attribute.getValue().hasStringValue())
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }

    @Test
    void followCallsAndStreams() throws Exception {
        try (ServerProcess server = start(1_000_000)) {
            use(server);
            server.terminate(); // sends what has not been sent yet
        }
        assertThat(texts(exported.get(0).getResourceSpans(0).getResource().getAttributesList()))
                .containsEntry("service.name", "etcd")
                .containsEntry("service.instance.id", "first");
        assertThat(spans("etcdserverpb.KV/Put")).singleElement().satisfies(span -> {
            assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(texts(span.getAttributesList()))
                    .containsEntry("rpc.system.name", "grpc")
                    .containsEntry("rpc.method", "etcdserverpb.KV/Put")
                    .containsEntry("rpc.response.status_code", "OK")
                    .containsEntry("server.address", "127.0.0.1");
            assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
        });
        assertThat(spans("etcdserverpb.KV/Range")).hasSize(2).anySatisfy(span -> {
            assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
            assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
        });
        assertThat(spans("etcdserverpb.KV/Range")).anySatisfy(span -> {
            assertThat(texts(span.getAttributesList())).containsEntry("rpc.response.status_code", "OUT_OF_RANGE");
            assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
        });
        assertThat(spans("etcdserverpb.Watch/Watch")).hasSize(1);
    }

    private static void use(ServerProcess server) throws Exception {
        ByteString key = ByteString.copyFromUtf8("k");
        try (GrpcClient client = new GrpcClient(server)) {
            client.kv().put(PutRequest.newBuilder().setKey(key).build());
            client.kv()
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(traceparent()))
                    .range(RangeRequest.newBuilder().setKey(key).build());
            try {
                client.kv()
                        .range(RangeRequest.newBuilder()
                                .setKey(key)
                                .setRevision(99)
                                .build());
                throw new AssertionError("a range in the future");
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getDescription()).contains("future revision");
            }
            watch(client, key);
        }
    }

    private static Metadata traceparent() {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), "00-" + TRACE + "-" + PARENT + "-01");
        return metadata;
    }

    private static void watch(GrpcClient client, ByteString key) throws Exception {
        CompletableFuture<WatchResponse> created = new CompletableFuture<>();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(client.channel())
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse response) {
                        created.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        created.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(key))
                .build());
        assertThat(created.get(30, TimeUnit.SECONDS).getCreated()).isTrue();
        requests.onCompleted();
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Test
    void areLeftToTheCallersByDefault() throws Exception {
        try (ServerProcess server = start(0)) {
            use(server);
            server.terminate();
        }
        assertThat(spans("etcdserverpb.KV/Put")).isEmpty();
        assertThat(spans("etcdserverpb.KV/Range"))
                .singleElement()
                .satisfies(span -> assertThat(hex(span.getTraceId())).isEqualTo(TRACE));
    }
}
