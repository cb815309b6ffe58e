package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Utils;
import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerTransport;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the others at once how far the group has committed. The engine tells them with the next entries or, if there are
 * none, with the next heartbeat: whoever waits on a follower for what it has forwarded would wait that long.
 *
 * <p>A notice is a heartbeat in the lane of entries, so that it mostly comes behind those it speaks of. It names an entry that is
 * committed and the entry's term, which is true for ever, whoever leads when it arrives; a member that has not got
 * this entry takes nothing from it, and is told again when it has answered for entries that came later. One notice at a time is
 * under way to each member, and when it is answered, the next one says what has been committed meanwhile: a member that is slow
 * is not sent more than it takes.
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

    /** Of the apply thread. */
    private @Nullable ConfigurationEntry configuration;

    /** By ID of the member; replaced by the apply thread. */
    private volatile Map<Long, Recipient> recipients = Map.of();

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
                    .map(Peers::memberId)
                    .collect(Collectors.toUnmodifiableMap(Function.identity(), Recipient::new));
        }
        if (!recipients.isEmpty()) {
            byte[] notice = PeerCodec.encodeCommitted(leading, index, term);
            recipients.values().forEach(recipient -> recipient.tell(notice));
        }
    }

    /** A member has answered for entries. Any thread. */
    void entriesAnswered(long memberId) {
        Recipient recipient = recipients.get(memberId);
        if (recipient != null) {
            recipient.hasAnswered();
        }
    }

    private final class Recipient implements PeerAnswer {
        private final long memberId;

        // Guarded by this, all of them.
        private byte @Nullable [] last;
        private byte @Nullable [] waiting;
        private boolean underWay;
        private long sentMillis;
        private boolean refused;
        private boolean answeredSince;

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
                last = notice;
                waiting = null;
                underWay = true;
                sentMillis = now;
                refused = false;
                answeredSince = false;
            }
            transport.send(memberId, Lane.APPEND, notice, this);
        }

        @Override
        public void received(byte[] answer) {
            boolean taken = AnswerCodec.isYes(answer);
            byte[] next;
            synchronized (this) {
                underWay = false;
                refused = !taken;
                next = waiting == null && refused && answeredSince ? last : waiting;
            }
            if (next != null) {
                tell(next);
            }
        }

        /** The engine may have made a message of entries before it knew of the commit, and sent it behind the notice. */
        void hasAnswered() {
            byte[] again;
            synchronized (this) {
                answeredSince = true;
                again = refused && !underWay ? last : null;
            }
            if (again != null) {
                tell(again);
            }
        }

        /** The next entry that is committed brings the next notice: to try again at once would fail at once. */
        @Override
        public synchronized void failed(String reason) {
            underWay = false;
        }
    }
}
