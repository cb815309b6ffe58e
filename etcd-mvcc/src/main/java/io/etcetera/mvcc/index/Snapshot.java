package io.etcetera.mvcc.index;

import io.etcetera.mvcc.KeyRange;

/** The index at one moment: a root that nobody changes any more. Any thread. */
final class Snapshot implements KeyIndex.View {
    private final Node root;

    Snapshot(Node root) {
        this.root = root;
    }

    Node root() {
        return root;
    }

    @Override
    public long liveKeys() {
        return root.live();
    }

    @Override
    public boolean get(byte[] key, long atMain, IndexEntry out) {
        Leaf leaf = Node.leafFor(root, key);
        int index = leaf.find(key);
        return index >= 0 && Versions.seekAlive(leaf, index, atMain, out.reader);
    }

    @Override
    public boolean contains(byte[] key, long main, long sub) {
        Leaf leaf = Node.leafFor(root, key);
        int index = leaf.find(key);
        return index >= 0 && Versions.contains(leaf, index, main, sub, new RunReader());
    }

    @Override
    public void range(KeyRange range, long atMain, KeyIndex.Visitor visitor) {
        KeyCursor cursor = new KeyCursor();
        new RangeWalk() {
            @Override
            boolean skip(Node node, boolean whole) {
                return false;
            }

            @Override
            boolean visit(Leaf leaf, int from, int to) {
                for (int i = from; i < to; i++) {
                    if (cursor.moveTo(leaf, i, atMain) && !visitor.visit(cursor)) {
                        return false;
                    }
                }
                return true;
            }
        }.run(root, range);
    }

    @Override
    public long count(KeyRange range, long atMain) {
        CountWalk walk = new CountWalk(atMain);
        walk.run(root, range);
        return walk.count;
    }

    @Override
    public void since(KeyRange range, long fromMain, KeyIndex.RevisionVisitor visitor) {
        RunReader reader = new RunReader();
        new RangeWalk() {
            @Override
            boolean skip(Node node, boolean whole) {
                return node.newestMain() < fromMain;
            }

            @Override
            boolean visit(Leaf leaf, int from, int to) {
                for (int i = from; i < to; i++) {
                    Versions.since(leaf, i, fromMain, reader, visitor);
                }
                return true;
            }
        }.run(root, range);
    }

    /** Counts key by key only at the edges of the range and where something is newer than the revision asked for. */
    private static final class CountWalk extends RangeWalk {
        private final long atMain;
        private final RunReader reader = new RunReader();
        private long count;

        CountWalk(long atMain) {
            this.atMain = atMain;
        }

        @Override
        boolean skip(Node node, boolean whole) {
            if (!whole || node.newestMain() > atMain) {
                return false;
            }
            count += node.live();
            return true;
        }

        @Override
        boolean visit(Leaf leaf, int from, int to) {
            for (int i = from; i < to; i++) {
                if (Versions.seekAlive(leaf, i, atMain, reader)) {
                    count++;
                }
            }
            return true;
        }
    }
}
