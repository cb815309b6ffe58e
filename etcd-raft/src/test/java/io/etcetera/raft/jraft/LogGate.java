package io.etcetera.raft.jraft;

import io.etcetera.raft.wal.WalListener;

/** Holds up the thread that writes a member's log, as a slow disk would: what it has written is there, and it writes no more. */
final class LogGate implements WalListener {
    private boolean shut; // guarded by this
    private long writes; // guarded by this

    synchronized void shut() {
        shut = true;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    /** How often the log has been written or truncated. */
    synchronized long writes() {
        return writes;
    }

    @Override
    public synchronized void synced(long writeNanos, long syncNanos, long bytes) {
        writes++;
        boolean interrupted = false;
        while (shut) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
