package io.etcetera.mvcc.backend;

/** Waiting that an interrupt does not end; it is kept for later. For threads that must be gone before files are closed. */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /** Waits until a thread has ended. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
