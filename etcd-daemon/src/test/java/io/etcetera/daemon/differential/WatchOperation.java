package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import java.util.HexFormat;

/**
 * Something to do on a watch stream of both servers. Streams are named by slots: a slot without an open stream opens one.
 */
sealed interface WatchOperation extends Operation {
    /** IDs from here on are given to one watch only, so that nothing of an old watch can be taken for a new one's. */
    long FIRST_UNIQUE_ID = 1_000_000;

    int slot();

    String text();

    @Override
    default boolean isRead() {
        return false;
    }

    /**
     * Creates a watch, or is refused.
     *
     * @param request its revision may be a symbol
     * @param awaited whether the reply is waited for before anything else happens
     */
    record Create(int slot, WatchCreateRequest request, boolean awaited) implements WatchOperation {
        @Override
        public String text() {
            return "CREATE on " + slot + (awaited ? " { " : " without waiting { ") + Texts.of(request) + " }";
        }
    }

    /**
     * Cancels a watch, if there is one of this ID.
     *
     * @param settled whether everything written has to be delivered first
     */
    record Cancel(int slot, long watchId, boolean settled) implements WatchOperation {
        @Override
        public String text() {
            return "CANCEL on " + slot + (settled ? " " : " at once ") + watchId;
        }
    }

    /**
     * Asks how far the stream is.
     *
     * @param settled whether everything written has to be delivered first: then it is known what the answer has to be
     */
    record Progress(int slot, boolean settled) implements WatchOperation {
        @Override
        public String text() {
            return "PROGRESS on " + slot + (settled ? "" : " at once");
        }
    }

    /**
     * Sends bytes that no generated client would send.
     *
     * @param ends whether they are no message, so that the stream has to end
     */
    record Raw(int slot, ByteString bytes, boolean ends) implements WatchOperation {
        @Override
        public String text() {
            return "RAW on " + slot + " " + HexFormat.of().formatHex(bytes.toByteArray());
        }
    }

    /** Ends the requests; the watches stay. */
    record HalfClose(int slot) implements WatchOperation {
        @Override
        public String text() {
            return "HALF-CLOSE of " + slot;
        }
    }

    /** Cancels the stream. */
    record Close(int slot) implements WatchOperation {
        @Override
        public String text() {
            return "CLOSE of " + slot;
        }
    }

    /** Waits until everything written has been delivered, and, if so asked, until periodic progress has come. */
    record Settle(boolean periodic) implements WatchOperation {
        @Override
        public int slot() {
            return 0;
        }

        @Override
        public String text() {
            return periodic ? "AWAIT periodic progress" : "SETTLE";
        }
    }
}
