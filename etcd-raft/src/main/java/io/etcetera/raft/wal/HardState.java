package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The term and vote that a member must not forget, in the file {@code hardstate} beside the log. Replaced as a whole: a
 * crash leaves the old or the new, and damage is found by checksum. Threads: safe from any; saves exclude each other.
 */
public final class HardState {
    private static final String NAME = "hardstate";

    private final DurableRecordFile file;
    private long term;
    private String votedFor;

    private HardState(DurableRecordFile file, long term, String votedFor) {
        this.file = file;
        this.term = term;
        this.votedFor = votedFor;
    }

    /**
     * Opens the hard state in {@code directory}, which is made if missing. Whoever calls must be the only user of the
     * directory, for example by holding an open {@link WriteAheadLog} there.
     *
     * @param fsync whether saves are made durable; false is for tests only
     * @throws WalCorruptException if it is damaged: a member must not vote without it
     */
    public static HardState open(Path directory, boolean fsync) throws IOException {
        return open(directory, new NioWalFiles(fsync));
    }

    static HardState open(Path directory, WalFiles files) throws IOException {
        DurableRecordFile file = new DurableRecordFile(files, directory, NAME);
        byte[] content = file.load();
        if (content == null) {
            return new HardState(file, 0, "");
        }
        if (content.length < Long.BYTES) {
            throw new WalCorruptException(
                    directory.resolve(NAME), 0, "expected at least 8 bytes of content, found " + content.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(content);
        long term = buffer.getLong();
        return new HardState(file, term, StandardCharsets.UTF_8.decode(buffer).toString());
    }

    /** The term last saved; 0 if there never was one. */
    public synchronized long term() {
        return term;
    }

    /** Whom this member voted for in that term; empty if nobody. */
    public synchronized String votedFor() {
        return votedFor;
    }

    /**
     * Saves both and returns when they are durable.
     *
     * @param newVotedFor empty for nobody
     * @throws IOException if that failed, now or before; what is on disk is then unknown, what the getters say is not
     *     changed
     */
    public synchronized void save(long newTerm, String newVotedFor) throws IOException {
        byte[] name = newVotedFor.getBytes(StandardCharsets.UTF_8);
        file.save(ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(newTerm)
                .put(name)
                .array());
        term = newTerm;
        votedFor = newVotedFor;
    }
}
