package io.etcetera.server.http;

import io.etcetera.server.WorkerPool;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes answers that take long on threads of their own. */
final class Workers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    private static final int THREADS = 2;
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final int MAX_WAITING = 64;

    private final WorkerPool threads;

    /** @param name of the threads */
    Workers(String name) {
        threads = WorkerPool.bounded(name, THREADS, IDLE, MAX_WAITING);
    }

    /** Answers with what is made on another thread; with 503 if too many want that, and with 500 if it fails. */
    void answer(HttpExchange exchange, Supplier<HttpReply> answer) {
        try {
            threads.execute(() -> exchange.reply(made(answer)));
        } catch (RejectedExecutionException e) {
            exchange.reply(HttpReply.error(503, "too many requests"));
        }
    }

    private static HttpReply made(Supplier<HttpReply> answer) {
        try {
            return answer.get();
        } catch (RuntimeException e) {
            log.error("cannot answer a request", e);
            return HttpReply.error(500, "Internal Server Error");
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
