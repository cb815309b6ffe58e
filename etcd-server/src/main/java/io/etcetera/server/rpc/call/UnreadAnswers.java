package io.etcetera.server.rpc.call;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory answers take that clients have asked for and have not taken. A request of a few bytes may ask for megabytes, and
 * whoever sends many and reads nothing would have all of the process's memory filled. While less than half of what is allowed is taken,
 * nobody is refused; beyond that, those who have left answers lying; and when all is taken, everybody. Thread-safe.
 */
public final class UnreadAnswers {
    /** Where a call finds its connection. */
    static final Attributes.Key<Connection> CONNECTION = Attributes.Key.create("io.etcetera.unread-answers");

    /** What is smaller is not counted: calls themselves take as much. */
    static final int SMALL_BYTES = 16 << 10;

    /** The transport's buffers are up to twice as large as what is in them, and others need some, too. */
    private static final int SHARE_OF_MEMORY = 4;

    private final long limitBytes;
    private final AtomicLong total = new AtomicLong();

    UnreadAnswers(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    public static UnreadAnswers ofProcess() {
        return new UnreadAnswers(PlatformDependent.maxDirectMemory() / SHARE_OF_MEMORY);
    }

    /** Has every connection counted by itself. */
    public ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                return attributes.toBuilder().set(CONNECTION, new Connection()).build();
            }
        };
    }

    /** What one client has left lying. */
    final class Connection {
        private final AtomicLong own = new AtomicLong();

        /** Counts an answer that is about to be sent; false if it must not be. */
        boolean reserve(int bytes) {
            long others = total.get();
            long most = own.get() == 0 ? limitBytes : limitBytes / 2;
            if (others > 0 && others + bytes > most) {
                return false;
            }
            total.addAndGet(bytes);
            own.addAndGet(bytes);
            return true;
        }

        /** The client has taken so much, or has gone. */
        void release(int bytes) {
            own.addAndGet(-bytes);
            total.addAndGet(-bytes);
        }
    }
}
