package io.etcetera.raft.jraft;

import io.etcetera.raft.RaftNode;
import java.nio.file.Path;

/** What {@link ShadedJarIT} runs in a class loader of its own. */
public final class ShadedJarCheck {
    static final int PUTS = 50;

    private ShadedJarCheck() {}

    /** Writes, restarts, writes again, cutting the log on the way; returns how many entries were applied. */
    public static int restartAndCount(Path directory) throws Exception {
        TestMachine machine = new TestMachine();
        for (int run = 0; run < 2; run++) {
            try (RaftNode node = Members.start(Members.config(directory, machine, 1, 10), machine)) {
                for (int i = 0; i < PUTS; i++) {
                    machine.put(node);
                }
            }
        }
        return machine.applied.size();
    }
}
