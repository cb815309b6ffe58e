package io.etcetera.server;

import io.etcetera.mvcc.backend.Uninterruptibly;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Room for requests that are nested deeply: what protobuf generates for a message calls itself for the messages inside,
 * and so does the code that walks through nested transactions. Depth is limited where a request is parsed, and threads
 * that work on what was let pass have a stack for the deepest of them.
 */
public final class DeepStack {
    /** Messages that may sit one in another inside the outermost one of a request: with it 10000, etcd's limit. */
    public static final int MAX_NESTING = 9_999;

    /**
     * Stack, in bytes, for work on a request that is nested so deeply; about 5 MiB were seen in use, with
     * compiled code and without. It is address space: memory is taken as far down as the stack has ever been used.
     */
    public static final long BYTES = 32L << 20;

    private DeepStack() {}

    /**
     * Runs a task on a thread with such a stack, and waits until it is done. For threads that somebody else made; an
     * interrupt of the waiting one is kept for later. What the task throws is thrown here.
     */
    public static void run(Runnable task) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.currentThread();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        task.run();
                    } catch (Throwable e) { // for the caller, Errors too
                        thrown.set(e);
                    }
                },
                caller.getName() + "-deep",
                BYTES);
        thread.setDaemon(caller.isDaemon());
        thread.start();
        Uninterruptibly.join(thread);
        if (thrown.get() instanceof RuntimeException e) {
            throw e;
        } else if (thrown.get() instanceof Error e) {
            throw e;
        }
    }
}
