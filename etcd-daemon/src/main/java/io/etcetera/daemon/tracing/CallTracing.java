package io.etcetera.daemon.tracing;

import io.etcetera.server.CallObserver;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a span of each call, with the names and attributes that etcd's have, under the caller's span if he tells of one in
 * {@code traceparent}. Spans are sent by a thread of their own; what a collector does not take in time is dropped. Thread-safe.
 */
public final class CallTracing implements CallObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CallTracing.class);
    private static final String SCOPE = "io.etcetera.server";
    private static final double MILLION = 1_000_000;
    private static final long CLOSE_SECONDS = 3;

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

    /** Codes that say that something is wrong with the server, not with what it was asked. */
    private static final Set<String> FAILURES =
            Set.of("UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private CallTracing(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get(SCOPE);
    }

    /** Begins to trace; a collector that is not there yet is waited for. */
    public static CallTracing open(TracingConfig config) {
        AttributesBuilder resource = Attributes.builder().put("service.name", config.serviceName());
        if (!config.instanceId().isEmpty()) {
            resource.put("service.instance.id", config.instanceId());
        }
        OtlpGrpcSpanExporter exporter = OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://" + config.address())
                .build();
        Sampler own = config.samplesPerMillion() == 0
                ? Sampler.alwaysOff()
                : Sampler.traceIdRatioBased(config.samplesPerMillion() / MILLION);
        CallTracing tracing = new CallTracing(SdkTracerProvider.builder()
                .setResource(Resource.create(resource.build()))
                .setSampler(Sampler.parentBased(own))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build());
        LOG.info("distributed tracing setup enabled");
        return tracing;
    }

    @Override
    public Observation begin(String method, Function<String, Optional<String>> metadata) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), metadata, Metadata.GETTER);
        Span span = tracer.spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, method)
                .setAttribute(SYSTEM, "grpc")
                .startSpan();
        return span.isRecording() ? new Traced(span) : Observation.NONE;
    }

    private record Traced(Span span) implements Observation {
        @Override
        public void servedAt(SocketAddress local) {
            if (local instanceof InetSocketAddress address && address.getAddress() != null) {
                span.setAttribute(ADDRESS, address.getAddress().getHostAddress());
                span.setAttribute(PORT, (long) address.getPort());
            } else {
                span.setAttribute(ADDRESS, local.toString());
            }
        }

        @Override
        public void ended(String code, Optional<String> description) {
            if (FAILURES.contains(code)) {
                span.setStatus(StatusCode.ERROR, description.orElse(""));
            }
            span.setAttribute(STATUS, code);
            span.end();
        }
    }

    /** How OpenTelemetry reads the metadata of a call. */
    private enum Metadata implements TextMapGetter<Function<String, Optional<String>>> {
        GETTER;

        @Override
        public Iterable<String> keys(Function<String, Optional<String>> metadata) {
            return List.of(); // nobody asks for all
        }

        @Override
        public @Nullable String get(@Nullable Function<String, Optional<String>> metadata, String name) {
            return metadata == null ? null : metadata.apply(name).orElse(null);
        }
    }

    /** Sends what has been traced, if that does not take long, and ends. */
    @Override
    public void close() {
        if (!provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS).isSuccess()) {
            LOG.warn("some traces were not taken by the collector");
        }
    }
}
