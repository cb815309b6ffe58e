package io.etcetera.server.consistency;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the present stores. The leader hashes its own before and after it has asked the others, with a linearizable read between:
 * nobody can then be ahead of the second. The first member found to be wrong is named in an alarm. One thread.
 */
final class PeriodicCheck {
    private static final Logger log = LoggerFactory.getLogger(PeriodicCheck.class);

    private final CheckParts parts;
    private final CorruptAlarm alarm;
    private boolean alarmed;

    PeriodicCheck(CheckParts parts) {
        this.parts = parts;
        this.alarm = new CorruptAlarm(parts.proposer());
    }

    /** @throws ExecutionException if the read or a hash failed: it says why, and nothing can be said about the others */
    void run() throws InterruptedException, ExecutionException {
        alarmed = false;
        KvHash before = hash().hash();
        List<PeerHash> answers = parts.peers().at(before.revision());
        awaitRead();
        KvHashResult after = hash();
        checkSelf(before, after.hash());
        int checked = 0;
        for (PeerHash peer : answers) {
            if (peer.answer() instanceof PeerHash.Hashed hashed) {
                checked++;
                check(peer.memberId(), hashed.result(), before, after);
            }
        }
        log.atInfo().addKeyValue("number-of-peers-checked", checked).log("finished peer corruption check");
    }

    private KvHashResult hash() throws InterruptedException, ExecutionException {
        try {
            return parts.own().current();
        } catch (RevisionException e) {
            throw new ExecutionException(e);
        }
    }

    private void awaitRead() throws InterruptedException, ExecutionException {
        CompletableFuture<Boolean> read = new CompletableFuture<>();
        parts.reads().await(true, new ResultCallback<>() {
            @Override
            public void completed(Boolean done) {
                read.complete(done);
            }

            @Override
            public void failed(EtcdException error) {
                read.completeExceptionally(error);
            }
        });
        read.get();
    }

    private void checkSelf(KvHash before, KvHash after) {
        if (after.crc() != before.crc()
                && after.revision() == before.revision()
                && after.compactRevision() == before.compactRevision()) {
            log.atWarn()
                    .addKeyValue("revision-1", before.revision())
                    .addKeyValue("compact-revision-1", before.compactRevision())
                    .addKeyValue("hash-1", Integer.toUnsignedLong(before.crc()))
                    .addKeyValue("revision-2", after.revision())
                    .addKeyValue("compact-revision-2", after.compactRevision())
                    .addKeyValue("hash-2", Integer.toUnsignedLong(after.crc()))
                    .log("found hash mismatch");
            raise(parts.memberId());
        }
    }

    private void check(long follower, KvHashResult theirs, KvHash before, KvHashResult after) {
        String id = Long.toHexString(follower);
        long afterCompact = after.hash().compactRevision();
        if (theirs.currentRevision() > after.currentRevision()) {
            log.atWarn()
                    .addKeyValue("leader-revision", after.currentRevision())
                    .addKeyValue("follower-revision", theirs.currentRevision())
                    .addKeyValue("follower-peer-id", id)
                    .log("revision from follower must be less than or equal to leader's");
            raise(follower);
        }
        if (theirs.hash().compactRevision() > afterCompact) {
            log.atWarn()
                    .addKeyValue("leader-compact-revision", afterCompact)
                    .addKeyValue("follower-compact-revision", theirs.hash().compactRevision())
                    .addKeyValue("follower-peer-id", id)
                    .log("compact revision from follower must be less than or equal to leader's");
            raise(follower);
        }
        if (theirs.hash().compactRevision() == before.compactRevision()
                && theirs.hash().crc() != before.crc()) {
            log.atWarn()
                    .addKeyValue("leader-compact-revision", afterCompact)
                    .addKeyValue("leader-hash", Integer.toUnsignedLong(before.crc()))
                    .addKeyValue("follower-compact-revision", theirs.hash().compactRevision())
                    .addKeyValue(
                            "follower-hash",
                            Integer.toUnsignedLong(theirs.hash().crc()))
                    .addKeyValue("follower-peer-id", id)
                    .log("same compact revision then hashes must match");
            raise(follower);
        }
    }

    private void raise(long wrong) {
        if (!alarmed) {
            alarmed = true;
            alarm.raise(wrong);
        }
    }
}
