package io.etcetera.mvcc.backend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.env.DurableSteps.Step;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a first start that was killed has left is made good by the next one. */
@Timeout(60)
class FirstStartTest {
    private final List<Step> steps = Collections.synchronizedList(new ArrayList<>());
    private final Path file;

    FirstStartTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    private void openAndWrite() {
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT, steps::add, CopyOptions.DEFAULT)) {
            backend.beginEntry();
            backend.put(Bucket.KEY, RevisionKey.of(2, 0), new byte[] {1});
            backend.endEntry(1, 1);
            assertThat(backend.commit().toCompletableFuture().join()).isEqualTo(1);
        }
    }

    /** The start before may have made the file and not come to that. */
    @Test
    void theNameIsDurableBeforeAnyCommitOfAnyStart() {
        for (int start = 0; start < 2; start++) {
            steps.clear();
            openAndWrite();
            assertThat(steps)
                    .containsExactly(
                            Step.FILE_OPENED, Step.BUCKETS_MADE, Step.NAME_SYNCED, Step.COMMIT_BEGINS, Step.COMMITTED);
        }
    }

    @Test
    void aFileWithNothingInItIsANewStore() throws IOException {
        Files.createFile(file);
        openAndWrite();
        assertThat(steps).contains(Step.COMMITTED);
    }
}
