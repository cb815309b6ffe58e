package io.etcetera.mvcc.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Checks what must hold inside a tree at any time. */
final class TreeChecks {
    private TreeChecks() {}

    /** Order, bounds, page sizes and the sums in branches. */
    static void check(KeyIndex.View view) {
        check(((Snapshot) view).root(), null, null);
    }

    static int leaves(KeyIndex.View view) {
        return leaves(((Snapshot) view).root());
    }

    static int height(KeyIndex.View view) {
        int height = 0;
        Node node = ((Snapshot) view).root();
        while (node instanceof Branch branch) {
            node = branch.child(0);
            height++;
        }
        return height;
    }

    private static int leaves(Node node) {
        if (node instanceof Branch branch) {
            int sum = 0;
            for (int i = 0; i < branch.size(); i++) {
                sum += leaves(branch.child(i));
            }
            return sum;
        }
        return 1;
    }

    private static void check(Node node, byte @Nullable [] low, byte @Nullable [] high) {
        if (node instanceof Branch branch) {
            check(branch, low, high);
        } else {
            check((Leaf) node, low, high);
        }
    }

    private static void check(Branch branch, byte @Nullable [] low, byte @Nullable [] high) {
        assertThat(branch.size()).isBetween(1, Branch.MAX_CHILDREN);
        long live = 0;
        int childHeight = height(new Snapshot(branch.child(0)));
        for (int i = 0; i < branch.size(); i++) {
            Node child = branch.child(i);
            byte[] from = i == 0 ? low : branch.separatorAfter(i - 1);
            byte[] to = i == branch.size() - 1 ? high : branch.separatorAfter(i);
            check(child, from, to);
            live += child.live();
            assertThat(child.newestMain()).isLessThanOrEqualTo(branch.newestMain());
            assertThat(height(new Snapshot(child))).isEqualTo(childHeight);
        }
        assertThat(branch.live()).isEqualTo(live);
    }

    private static void check(Leaf leaf, byte @Nullable [] low, byte @Nullable [] high) {
        RunReader reader = new RunReader();
        long live = 0;
        byte[] previous = null;
        for (int i = 0; i < leaf.count(); i++) {
            byte[] key = leaf.key(i);
            assertThat(previous == null || Arrays.compareUnsigned(previous, key) < 0)
                    .isTrue();
            assertThat(low == null || Arrays.compareUnsigned(low, key) <= 0).isTrue();
            assertThat(high == null || Arrays.compareUnsigned(key, high) < 0).isTrue();
            leaf.open(i, reader);
            live += reader.tombstone ? 0 : 1;
            assertThat(reader.main).isLessThanOrEqualTo(leaf.newestMain());
            previous = key;
        }
        assertThat(leaf.live()).isEqualTo(live);
        if (leaf.count() > 1) {
            assertThat(leaf.pageLength()).isLessThanOrEqualTo(Leaf.MAX_PAGE_BYTES);
        }
    }
}
