package io.etcetera.server.testing.history;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Keeps the calls of many clients. Any thread may begin a call, and any other may end it; no lock is held. */
public final class HistoryRecorder {

    private final LongSupplier nanoClock;
    private final Queue<Pending> begun = new ConcurrentLinkedQueue<>();

    /**
     * Makes an empty recorder.
     *
     * @param nanoClock one that never goes back, and is the same for all threads, such as {@code System::nanoTime}
     */
    public HistoryRecorder(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** To be called before the request is sent. */
    public Pending invoke(int client, Operation operation) {
        Pending pending = new Pending(client, nanoClock.getAsLong(), operation);
        begun.add(pending);
        return pending;
    }

    /** What has been recorded until now; the outcome of a call that has not ended is unknown. */
    public History history() {
        return new History(begun.stream().map(Pending::call).toList());
    }

    /** A call that has begun; it ends once. */
    public final class Pending {
        private final AtomicBoolean hasEnded = new AtomicBoolean();
        private volatile Call call;

        private Pending(int client, long invoked, Operation operation) {
            this.call = new Call(client, invoked, Call.NEVER, operation, new Outcome.Unknown());
        }

        public void ok(Response response) {
            end(nanoClock.getAsLong(), new Outcome.Ok(response));
        }

        /** Only for an error that says for certain that nothing has been, or will be, applied. */
        public void failed() {
            end(nanoClock.getAsLong(), new Outcome.Failed());
        }

        public void unknown() {
            end(Call.NEVER, new Outcome.Unknown());
        }

        private void end(long returned, Outcome outcome) {
            if (hasEnded.getAndSet(true)) {
                throw new IllegalStateException("ended twice: " + call + ", now " + outcome);
            }
            call = new Call(call.client(), call.invoked(), returned, call.operation(), outcome);
        }

        private Call call() {
            return call;
        }
    }
}
