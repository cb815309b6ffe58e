package io.etcetera.mvcc.index;

import io.etcetera.mvcc.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * The way from a key to its revisions, in memory and in key order.
 *
 * <p>The life of a key falls into generations, under etcd's rules. A generation starts with a put, whose main revision
 * is the creation revision of all its versions; each put in it is the next version, counted from 1; a tombstone ends it:
 *
 * <pre>
 * put a@2, put a@5, delete a@6, put a@9      generation 1: versions 1 (2.0), 2 (5.0), tombstone 6.0
 *                                            generation 2: version 1 (9.0)
 * compact at 5: versions 2 (5.0), tombstone 6.0 | version 1 (9.0)
 * compact at 6: tombstone 6.0 | version 1 (9.0)
 * compact at 7: version 1 (9.0)
 * </pre>
 *
 * <p>A copy-on-write B+tree (Bayer and McCreight's, in the B+ form) of packed pages, see {@link Leaf}: bytes instead of
 * objects, with the common prefix of neighbouring keys held once. One writer at a time changes it; callers see to that,
 * and to a happens-before edge between successive writers. Readers take a {@link View} and neither wait for the writer
 * nor make it wait.
 *
 * <p>Keys have any length; main revisions go to 2^62, sub revisions to 2^31. Key arrays that callers hand in are not
 * kept.
 */
public final class KeyIndex {
    private static final byte[] LOWEST_KEY = {};

    private final PageTree tree = new PageTree();
    private final RunReader newest = new RunReader();
    private final RunWriter run = new RunWriter();

    private Snapshot frozen = new Snapshot(tree.freeze());
    private volatile Snapshot published = frozen;

    /** Called for each key of a range that is alive at the revision asked for; false ends the scan. */
    @FunctionalInterface
    public interface Visitor {
        boolean visit(KeyCursor key);
    }

    /** Called for each revision found: a put or a tombstone. */
    @FunctionalInterface
    public interface RevisionVisitor {
        void visit(long main, long sub, boolean tombstone);
    }

    /** The index at one moment: no later change reaches it, compaction included. Any thread. */
    public sealed interface View permits Snapshot {

        /**
         * Looks up the newest version of a key with a main revision of at most {@code atMain}.
         *
         * @return whether the key is alive there; {@code out} is filled only then
         */
        boolean get(byte[] key, long atMain, IndexEntry out);

        /** Visits the keys of a range that are alive at {@code atMain}, in key order. */
        void range(KeyRange range, long atMain, Visitor visitor);

        /** How many keys of a range are alive at {@code atMain}; takes no longer for more keys unless they are newer. */
        long count(KeyRange range, long atMain);

        /** Whether exactly this revision of the key, put or tombstone, is held: compaction has not dropped it. */
        boolean contains(byte[] key, long main, long sub);

        /** Visits all revisions of the keys of a range with a main of at least {@code fromMain}, in no given order. */
        void since(KeyRange range, long fromMain, RevisionVisitor visitor);

        /** How many keys are alive now, at the newest revision. */
        long liveKeys();
    }

    /**
     * Adds a new version of a key.
     *
     * @throws IllegalArgumentException if the revision is not after all others of the key
     */
    public void put(byte[] key, long main, long sub) {
        Leaf leaf = tree.seek(key);
        int index = leaf.find(key);
        if (index < 0) {
            insert(leaf, ~index, key, main, sub, main, 1, false);
            return;
        }
        leaf.open(index, newest);
        if (newest.tombstone) {
            append(leaf, index, main, sub, main, 1, false);
        } else {
            append(leaf, index, main, sub, newest.createMain, newest.version + 1, false);
        }
    }

    /**
     * Ends the key's generation with a tombstone.
     *
     * @return false, and nothing has changed, if the key was not alive in the writer's view
     * @throws IllegalArgumentException if the revision is not after all others of the key
     */
    public boolean delete(byte[] key, long main, long sub) {
        Leaf leaf = tree.seek(key);
        int index = leaf.find(key);
        if (index < 0) {
            return false;
        }
        leaf.open(index, newest);
        if (newest.tombstone) {
            return false;
        }
        append(leaf, index, main, sub, newest.createMain, newest.version, true);
        return true;
    }

    /**
     * Adds a put whose creation revision and version are known, while loading records in revision order. Earlier
     * versions of the generation may have been compacted away.
     *
     * @throws IllegalArgumentException if the revision is not after all others of the key
     */
    public void restore(byte[] key, long main, long sub, long createMain, long version) {
        Leaf leaf = tree.seek(key);
        int index = leaf.find(key);
        if (index < 0) {
            insert(leaf, ~index, key, main, sub, createMain, version, false);
        } else {
            leaf.open(index, newest);
            append(leaf, index, main, sub, createMain, version, false);
        }
    }

    /**
     * Adds a tombstone while loading records in revision order. The generation that it ended may have been compacted
     * away.
     *
     * @throws IllegalArgumentException if the revision is not after all others of the key
     */
    public void restoreTombstone(byte[] key, long main, long sub) {
        Leaf leaf = tree.seek(key);
        int index = leaf.find(key);
        if (index >= 0) {
            leaf.open(index, newest);
            append(leaf, index, main, sub, newest.createMain, newest.version, true);
        } else {
            insert(leaf, ~index, key, main, sub, 0, 0, true);
        }
    }

    /** Makes all changes so far visible to readers, at once. */
    public void publish() {
        published = freeze();
    }

    /**
     * Takes one step of dropping history: of each key only the newest revision at or below {@code atMain} and everything
     * newer stays. If that newest one is a tombstone with a main below {@code atMain} it goes too; one exactly at
     * {@code atMain} stays. A key left without revisions vanishes. Writer role; takes effect for readers at the next
     * {@link #publish}.
     *
     * @param from where to start; null means at the first key
     * @param maxKeys how many keys to look at, at least 1
     * @return where the next step starts, a key that need not exist; null when the last key has been seen
     */
    public byte @Nullable [] compact(long atMain, byte @Nullable [] from, int maxKeys) {
        if (maxKeys < 1) {
            throw new IllegalArgumentException("maxKeys " + maxKeys);
        }
        Compaction compaction = new Compaction(atMain);
        byte[] next = from == null ? LOWEST_KEY : from;
        int left = maxKeys;
        while (next != null && left > 0) {
            Leaf leaf = tree.seek(next);
            int first = leaf.lowerBound(next);
            int last = Math.min(leaf.count(), first + left);
            left -= last - first;
            next = last < leaf.count() ? leaf.key(last) : tree.keyAfterLeaf();
            Siblings compacted = compaction.apply(leaf, first, last);
            if (compacted != null) {
                tree.replaceLeaf(compacted);
            }
        }
        return next;
    }

    /** What the last {@link #publish} made visible. Any thread. */
    public View published() {
        return published;
    }

    /** The index with the changes not yet published; like any view it stays as it is when the writer goes on. */
    public View writerView() {
        return freeze();
    }

    /** How many published keys are alive at the newest revision. Any thread. */
    public long liveKeys() {
        return published.liveKeys();
    }

    private Snapshot freeze() {
        Node root = tree.freeze();
        if (frozen.root() != root) {
            frozen = new Snapshot(root);
        }
        return frozen;
    }

    private void insert(
            Leaf leaf, int index, byte[] key, long main, long sub, long createMain, long version, boolean tombstone) {
        run.head(main, sub, createMain, version, tombstone);
        Leaf grown = leaf.withKey(index, key, run);
        if (grown != null) {
            tree.replaceLeaf(grown);
            return;
        }
        tree.replaceLeaf(new LeafBuilder()
                .add(leaf, 0, index)
                .insert(key, run.copy())
                .add(leaf, index, leaf.count())
                .build());
    }

    /** Puts a revision in front of the others of the key, on whose newest one the reader stands. */
    private void append(Leaf leaf, int index, long main, long sub, long createMain, long version, boolean tombstone) {
        if (newest.main > main || (newest.main == main && newest.sub >= sub)) {
            throw new IllegalArgumentException(
                    "revision " + main + "." + sub + " is not after " + newest.main + "." + newest.sub);
        }
        run.head(main, sub, createMain, version, tombstone);
        run.olderFrom(newest);
        History history = leaf.history(index);
        if (run.length() > RunWriter.MAX_BYTES) {
            history = History.append(history, leaf.run(index));
            run.head(main, sub, createMain, version, tombstone);
        }
        Leaf updated = leaf.withRun(index, run, history);
        if (updated != null) {
            tree.replaceLeaf(updated);
            return;
        }
        tree.replaceLeaf(new LeafBuilder()
                .add(leaf, 0, index)
                .add(leaf.key(index), run.copy(), history)
                .add(leaf, index + 1, leaf.count())
                .build());
    }
}
