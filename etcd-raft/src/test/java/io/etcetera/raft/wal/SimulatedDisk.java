package io.etcetera.raft.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can lose power and fail. It keeps what programs see (the page cache) apart from what is durable:
 * a write dirties sectors of 512 bytes, a sync makes those of one file durable, and {@link #losePower} keeps an arbitrary
 * choice of the dirty ones. Changes to the directory are durable in order, up to the last sync of the directory or
 * further. A sync that fails does what Linux does: the sectors count as clean afterwards and never reach the disk.
 */
final class SimulatedDisk implements WalFiles {
    private static final int SECTOR = 512;

    private static final class Inode {
        byte[] seen = new byte[0];
        byte[] durable = new byte[0];
        final BitSet dirty = new BitSet();

        /** Makes the dirty sectors durable that are wanted, forgets the others. */
        void persist(BooleanSupplier wanted) {
            for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
                if (wanted.getAsBoolean()) {
                    int from = sector * SECTOR;
                    int to = Math.min(from + SECTOR, seen.length);
                    durable = Arrays.copyOf(durable, Math.max(durable.length, to));
                    System.arraycopy(seen, from, durable, from, to - from);
                }
            }
            dirty.clear();
        }
    }

    private final Map<Path, Inode> seen = new TreeMap<>();
    private final Map<Path, Inode> durable = new HashMap<>();
    private final List<Consumer<Map<Path, Inode>>> pendingChanges = new ArrayList<>();
    private int generation;
    private boolean locked;
    private int stepsUntilFailure = -1;
    private boolean failed;
    private @Nullable Random tearing;

    /** Lets one change of anything fail, the one after so many others; a failing write writes a part. */
    synchronized void failAfter(int steps, Random random) {
        stepsUntilFailure = steps;
        failed = false;
        tearing = random;
    }

    synchronized boolean hasFailed() {
        return failed;
    }

    /** The program dies: handles and locks are gone, nothing fails any more, what was written is seen. */
    synchronized void killProgram() {
        generation++;
        locked = false;
        stepsUntilFailure = -1;
    }

    /** The program dies with the machine: of what was not synced, each sector is there with the given probability. */
    synchronized void losePower(Random random, double probability) {
        killProgram();
        int kept = pendingChanges.isEmpty() ? 0 : random.nextInt(pendingChanges.size() + 1);
        pendingChanges.subList(0, kept).forEach(change -> change.accept(durable));
        pendingChanges.clear();
        for (Inode inode : durable.values()) {
            inode.persist(() -> random.nextDouble() < probability);
            inode.seen = inode.durable.clone();
        }
        seen.clear();
        seen.putAll(durable);
    }

    synchronized List<Path> segments() {
        return seen.keySet().stream()
                .filter(path -> path.toString().endsWith(".wal"))
                .toList();
    }

    synchronized Path lastSegment() {
        List<Path> all = segments();
        return all.get(all.size() - 1);
    }

    synchronized byte[] content(Path file) throws IOException {
        return inode(file).seen.clone();
    }

    /** Puts a file there, durably. */
    synchronized void put(Path file, byte[] content) {
        Inode inode = new Inode();
        inode.seen = content.clone();
        inode.durable = content.clone();
        seen.put(file, inode);
        durable.put(file, inode);
    }

    /** Changes a byte under the eyes of whoever has the file open. */
    synchronized void corrupt(Path file, int offset) throws IOException {
        inode(file).seen[offset] ^= 1;
    }

    synchronized void remove(Path file) {
        seen.remove(file);
        durable.remove(file);
    }

    /** A disk of its own with what this one shows now, all of it durable. */
    synchronized SimulatedDisk copy() {
        SimulatedDisk copy = new SimulatedDisk();
        seen.forEach((path, inode) -> copy.put(path, inode.seen));
        return copy;
    }

    /** Everything there is, to be compared. */
    synchronized Map<Path, List<Byte>> contents() {
        Map<Path, List<Byte>> contents = new TreeMap<>();
        seen.forEach((path, inode) -> {
            List<Byte> bytes = new ArrayList<>();
            for (byte b : inode.seen) {
                bytes.add(b);
            }
            contents.put(path, bytes);
        });
        return contents;
    }

    private void step(String what) throws IOException {
        if (stepsUntilFailure-- == 0) {
            failed = true;
            throw new IOException("simulated failure: " + what);
        }
    }

    private Inode inode(Path file) throws IOException {
        Inode inode = seen.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    private void change(Consumer<Map<Path, Inode>> change) {
        change.accept(seen);
        pendingChanges.add(change);
    }

    @Override
    public void createDirectories(Path directory) {
        // There is one directory, and it exists.
    }

    @Override
    public synchronized Closeable lock(Path file) throws IOException {
        if (locked) {
            throw new IOException(file + " is locked");
        }
        locked = true;
        int mine = generation;
        return () -> unlock(mine);
    }

    private synchronized void unlock(int holder) {
        if (holder == generation) {
            locked = false;
        }
    }

    @Override
    public synchronized List<String> list(Path directory) {
        return seen.keySet().stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    @Override
    public synchronized WalFile open(Path file) throws IOException {
        return new OpenFile(inode(file), generation);
    }

    @Override
    public synchronized WalFile create(Path file) throws IOException {
        step("create " + file);
        Inode inode = new Inode();
        change(directory -> directory.put(file, inode));
        return new OpenFile(inode, generation);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        step("rename " + from);
        Inode inode = inode(from);
        change(directory -> {
            directory.remove(from);
            directory.put(to, inode);
        });
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        if (seen.containsKey(file)) {
            step("delete " + file);
            change(directory -> directory.remove(file));
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        step("sync directory");
        pendingChanges.forEach(change -> change.accept(durable));
        pendingChanges.clear();
    }

    private final class OpenFile implements WalFile {
        private final Inode inode;
        private final int openedIn;
        private boolean closed;

        OpenFile(Inode inode, int openedIn) {
            this.inode = inode;
            this.openedIn = openedIn;
        }

        private void check() throws IOException {
            if (closed || openedIn != generation) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                int count = (int) Math.max(0, Math.min(target.remaining(), inode.seen.length - position));
                target.put(inode.seen, (int) Math.min(position, inode.seen.length), count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                IOException failure = null;
                int count = source.remaining();
                try {
                    step("write");
                } catch (IOException e) {
                    failure = e;
                    count = tearing == null ? 0 : tearing.nextInt(count + 1);
                }
                int from = (int) position;
                if (count > 0) {
                    if (from + count > inode.seen.length) {
                        inode.seen = Arrays.copyOf(inode.seen, from + count);
                    }
                    source.get(inode.seen, from, count);
                    inode.dirty.set(from / SECTOR, (from + count - 1) / SECTOR + 1);
                }
                if (failure != null) {
                    throw failure;
                }
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                try {
                    step("sync");
                } catch (IOException e) {
                    inode.dirty.clear();
                    throw e;
                }
                inode.persist(() -> true);
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                return inode.seen.length;
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }
    }
}
