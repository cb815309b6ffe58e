package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.etcetera.raft.wal.HardState;
import java.io.IOException;

/**
 * Term and vote, durable before the engine acts on them: a lost vote could be cast twice. The engine writes under its own
 * lock; {@link #term()} is a volatile read for any thread, and the cheapest way to learn the present term.
 */
final class HardStateStorage implements RaftMetaStorage {
    private final HardState file;
    private final Failure failure;
    private volatile long term;
    private volatile PeerId votedFor;

    HardStateStorage(HardState file, Failure failure) {
        this.file = file;
        this.failure = failure;
        this.term = file.term();
        String vote = file.votedFor();
        this.votedFor = vote.isEmpty() ? PeerId.emptyPeer() : PeerId.parsePeer(vote);
    }

    long term() {
        return term;
    }

    @Override
    public boolean init(RaftMetaStorageOptions options) {
        return true;
    }

    @Override
    public void shutdown() {
        // The owner of the file closes it, once the engine has come to rest.
    }

    @Override
    public long getTerm() {
        return term;
    }

    @Override
    public PeerId getVotedFor() {
        return votedFor;
    }

    @Override
    public boolean setTerm(long newTerm) {
        return setTermAndVotedFor(newTerm, votedFor);
    }

    @Override
    public boolean setVotedFor(PeerId peer) {
        return setTermAndVotedFor(term, peer);
    }

    @Override
    public boolean setTermAndVotedFor(long newTerm, PeerId peer) {
        if (failure.cause() != null) {
            return false;
        }
        try {
            file.save(newTerm, peer.isEmpty() ? "" : peer.toString());
        } catch (IOException | RuntimeException e) {
            failure.report("term and vote cannot be written", e);
            return false;
        }
        votedFor = peer.copy();
        term = newTerm;
        return true;
    }
}
