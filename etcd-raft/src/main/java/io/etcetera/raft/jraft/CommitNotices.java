package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Utils;
import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerTransport;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the others at once how far the group has committed. The engine tells them with the next entries or, if there are
 * none, with the next heartbeat: whoever waits on a follower for what it has forwarded would wait that long.
 *
 * <p>A notice is a heartbeat in the lane of entries, so that it comes behind those it speaks of. It names an entry that is
 * committed and the entry's term, which is true for ever, whoever leads when it arrives; a member that has not got
 * this entry takes nothing from it. One notice at a time is under way to each member, and when it is answered, the next
 * one says what has been committed meanwhile: a member that is slow is not sent more than it takes.
 *
 * <p>{@link #committed} is called by the apply thread; answers come on any thread.
 */
final class CommitNotices {
    /** As long as an answer is waited for. An answer may get lost, and there are heartbeats behind all this. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final EngineInternals internals;
    private final Leadership leadership;
    private final PeerTransport transport;
    private final PeerId self;

    // Used by the apply thread alone, both.
    private @Nullable ConfigurationEntry configuration;
    private List<Recipient> recipients = List.of();

    CommitNotices(EngineInternals internals, Leadership leadership, PeerTransport transport) {
        this.internals = internals;
        this.leadership = leadership;
        this.transport = transport;
        this.self = internals.engine().getServerId();
    }

    /** Tells the other members, if this one leads, that the entry of this index and term is committed. */
    void committed(long index, long term) {
        long leading = leadership.startedTerm();
        if (leading == 0) {
            return;
        }
        ConfigurationEntry now = internals.configuration();
        if (now != configuration) {
            configuration = now;
            recipients = Stream.concat(now.listPeers().stream(), now.getConf().getLearners().stream())
                    .filter(peer -> !peer.equals(self))
                    .distinct()
                    .map(peer -> new Recipient(Peers.memberId(peer)))
                    .toList();
        }
        if (!recipients.isEmpty()) {
            byte[] notice = PeerCodec.encodeCommitted(leading, index, term);
            recipients.forEach(recipient -> recipient.tell(notice));
        }
    }

    private final class Recipient implements PeerAnswer {
        private final long memberId;

        // Guarded by this, all three.
        private byte @Nullable [] waiting;
        private boolean underWay;
        private long sentMillis;

        Recipient(long memberId) {
            this.memberId = memberId;
        }

        void tell(byte[] notice) {
            long now = Utils.monotonicMs();
            synchronized (this) {
                if (underWay && now - sentMillis < PATIENCE_MILLIS) {
                    waiting = notice;
                    return;
                }
                waiting = null;
                underWay = true;
                sentMillis = now;
            }
            transport.send(memberId, Lane.APPEND, notice, this);
        }

        @Override
        public void received(byte[] answer) {
            byte[] next;
            synchronized (this) {
                underWay = false;
                next = waiting;
            }
            if (next != null) {
                tell(next);
            }
        }

        /** The next entry that is committed brings the next notice: to try again at once would fail at once. */
        @Override
        public synchronized void failed(String reason) {
            underWay = false;
        }
    }
}
