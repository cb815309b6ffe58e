package io.etcetera.server.consistency;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.RevisionException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Compares this member with those that answer, before it takes part in anything. Only a hash that differs at the same revision and the
 * same compact revision speaks against it: members may lag behind one another.
 */
public final class InitialCheck {
    private static final Logger log = LoggerFactory.getLogger(InitialCheck.class);

    private final CheckParts parts;

    public InitialCheck(CheckParts parts) {
        this.parts = parts;
    }

    /**
     * Compares once.
     *
     * @throws InconsistentException with etcd's words, if another member holds something else
     */
    public void run() throws InconsistentException, InterruptedException {
        log.atInfo()
                .addKeyValue("local-member-id", parts.self())
                .addKeyValue("timeout", parts.timeout())
                .log("starting initial corruption check");
        KvHash hash = ownHash();
        List<PeerHash> answers = parts.peers().at(hash.revision());
        long mismatches =
                answers.stream().filter(answer -> differs(hash, answer)).count();
        if (mismatches > 0) {
            throw new InconsistentException(parts.self() + " found data inconsistency with peers");
        }
        log.atInfo()
                .addKeyValue("local-member-id", parts.self())
                .log("initial corruption checking passed; no corruption");
    }

    private KvHash ownHash() throws InconsistentException, InterruptedException {
        try {
            return parts.own().current().hash();
        } catch (RevisionException e) {
            throw new InconsistentException(parts.self() + " failed to fetch hash (" + e.getMessage() + ")");
        }
    }

    private boolean differs(KvHash hash, PeerHash peer) {
        if (peer.answer() instanceof PeerHash.Hashed hashed) {
            KvHash theirs = hashed.result().hash();
            if (theirs.crc() == hash.crc()) {
                return false;
            }
            boolean comparable = theirs.compactRevision() == hash.compactRevision();
            warning(hash, peer)
                    .addKeyValue("remote-peer-revision", hashed.result().currentRevision())
                    .addKeyValue("remote-peer-compact-revision", theirs.compactRevision())
                    .addKeyValue("remote-peer-hash", Integer.toUnsignedLong(theirs.crc()))
                    .log(
                            comparable
                                    ? "found different hash values from remote peer"
                                    : "found different compact revision values from remote peer");
            return comparable;
        } else if (peer.answer() instanceof PeerHash.Behind) {
            warning(hash, peer).log("cannot fetch hash from slow remote peer");
        } else if (peer.answer() instanceof PeerHash.Compacted) {
            warning(hash, peer).log("cannot fetch hash from remote peer; local member is behind");
        } else if (peer.answer() instanceof PeerHash.OtherCluster) {
            warning(hash, peer).log("cluster ID mismatch");
        }
        return false;
    }

    private LoggingEventBuilder warning(KvHash hash, PeerHash peer) {
        return log.atWarn()
                .addKeyValue("local-member-id", parts.self())
                .addKeyValue("local-member-revision", hash.revision())
                .addKeyValue("local-member-compact-revision", hash.compactRevision())
                .addKeyValue("local-member-hash", Integer.toUnsignedLong(hash.crc()))
                .addKeyValue("remote-peer-id", Long.toHexString(peer.memberId()))
                .addKeyValue("remote-peer-endpoints", peer.urls());
    }
}
