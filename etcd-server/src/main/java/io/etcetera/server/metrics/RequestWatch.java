package io.etcetera.server.metrics;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.TimeSource;
import io.etcetera.server.text.RequestNames;
import io.etcetera.server.text.RequestText;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Measures what is done to requests, and warns of what takes long, or fails when it is applied. Thread-safe. */
public final class RequestWatch {
    private static final Logger log = LoggerFactory.getLogger(RequestWatch.class);

    private final RequestMetrics metrics;
    private final Duration slow;
    private final TimeSource time;

    RequestWatch(RequestMetrics metrics, Duration slow, TimeSource time) {
        this.metrics = metrics;
        this.slow = slow;
        this.time = time;
    }

    /** Begin of what is measured. */
    public long begin() {
        return time.nanoTime();
    }

    /**
     * A request from the log has been applied.
     *
     * @param response empty if it was refused
     * @param error the text with which it was refused; empty if it was not
     */
    public void applied(InternalRaftRequest request, Optional<Message> response, Optional<String> error, long begin) {
        long nanos = time.nanoTime() - begin;
        metrics.applied(RequestNames.of(request), error.isEmpty(), nanos);
        if (nanos > slow.toNanos()) {
            warn(nanos, "", () -> RequestText.of(request), () -> size(response), error);
        }
        if (error.isPresent()) {
            log.atWarn()
                    .addKeyValue("took", Duration.ofNanos(nanos))
                    .addKeyValue("request", RequestText.of(request))
                    .addKeyValue("response", size(response))
                    .addKeyValue("error", error.get())
                    .log("failed to apply request");
        }
    }

    private static String size(Optional<Message> response) {
        return response.map(message -> "size:" + message.getSerializedSize()).orElse("");
    }

    /**
     * A read has been answered, or refused.
     *
     * @param type Range or ReadonlyTxn
     * @param prefix what the log says before
     * @param request asked for only if it took long, as is the response
     */
    public void read(
            String type,
            String prefix,
            Supplier<String> request,
            Supplier<String> response,
            Optional<String> error,
            long begin) {
        long nanos = time.nanoTime() - begin;
        metrics.answered(type, error.isEmpty(), nanos);
        if (nanos > slow.toNanos()) {
            warn(nanos, prefix, request, response, error);
        }
    }

    /** The store has been asked for a range, which took this long by itself. */
    public void ranged(boolean success, long begin) {
        metrics.ranged(success, time.nanoTime() - begin);
    }

    private void warn(
            long nanos, String prefix, Supplier<String> request, Supplier<String> response, Optional<String> error) {
        metrics.slowApply();
        LoggingEventBuilder line = log.atWarn()
                .addKeyValue("took", Duration.ofNanos(nanos))
                .addKeyValue("expected-duration", slow)
                .addKeyValue("prefix", prefix)
                .addKeyValue("request", request.get())
                .addKeyValue("response", error.isPresent() ? "" : response.get());
        LoggingEventBuilder whole = error.isPresent() ? line.addKeyValue("error", error.get()) : line;
        whole.log("apply request took too long");
    }
}
