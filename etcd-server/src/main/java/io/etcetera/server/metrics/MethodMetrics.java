package io.etcetera.server.metrics;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The calls of one gRPC method. Thread-safe. */
public final class MethodMetrics {
    /** By number, as Go spells them. */
    private static final List<String> CODES = List.of(
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated");

    private final RpcMetrics metrics;
    private final String service;
    private final String method;
    private final String type;
    private final Counter started;
    private final Counter received;
    private final Counter sent;
    private final Optional<Histogram> handling;
    private final AtomicReferenceArray<@Nullable Counter> handled = new AtomicReferenceArray<>(CODES.size());

    MethodMetrics(RpcMetrics metrics, String service, String method, String type) {
        this.metrics = metrics;
        this.service = service;
        this.method = method;
        this.type = type;
        this.started = metrics.started().with(method, service, type);
        this.received = metrics.received().with(method, service, type);
        this.sent = metrics.sent().with(method, service, type);
        this.handling = metrics.handling().map(histograms -> histograms.with(method, service, type));
    }

    /** Shows all outcomes, also those that there never were. */
    public MethodMetrics withAllOutcomes() {
        for (int code = 0; code < CODES.size(); code++) {
            outcome(code);
        }
        return this;
    }

    public void started() {
        started.increment();
    }

    public void received() {
        received.increment();
    }

    public void sent() {
        sent.increment();
    }

    /** A call has ended, with this code of gRPC. */
    public void handled(int code) {
        Counter counter = handled.get(code);
        (counter == null ? outcome(code) : counter).increment();
    }

    /** A call has ended that began at {@link RpcMetrics#begin()}. */
    public void took(long begin) {
        if (handling.isPresent()) {
            handling.get().observe(metrics.nanosSince(begin));
        }
    }

    private Counter outcome(int code) {
        Counter counter = metrics.handled().with(CODES.get(code), method, service, type);
        handled.set(code, counter);
        return counter;
    }
}
