package io.etcetera.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hard state and snapshot mark on real files. */
final class DurableRecordFileTest {
    private final Path directory;

    DurableRecordFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void hardStateStartsEmptyAndSurvives() throws IOException {
        HardState state = HardState.open(directory, true);
        assertThat(state.term()).isZero();
        assertThat(state.votedFor()).isEmpty();
        state.save(7, "8e9e05c52164694d:1");
        state.save(8, "");
        state.save(9, "åß:1");
        HardState reopened = HardState.open(directory, true);
        assertThat(reopened.term()).isEqualTo(9);
        assertThat(reopened.votedFor()).isEqualTo("åß:1");
    }

    @Test
    void snapshotMarkStartsEmptyAndSurvives() throws IOException {
        SnapshotMark mark = SnapshotMark.open(directory, true);
        assertThat(mark.load()).isNull();
        mark.save(new byte[0]);
        assertThat(SnapshotMark.open(directory, true).load()).isEmpty();
        mark.save(new byte[] {1, 2, 3});
        assertThat(mark.load()).containsExactly(1, 2, 3);
        assertThat(SnapshotMark.open(directory, true).load()).containsExactly(1, 2, 3);
    }

    @Test
    void unfinishedReplacementIsIgnoredAndRemoved() throws IOException {
        HardState.open(directory, true).save(3, "a:1");
        Path leftover = directory.resolve("hardstate.tmp");
        Files.write(leftover, new byte[] {9, 9});
        HardState state = HardState.open(directory, true);
        assertThat(state.term()).isEqualTo(3);
        assertThat(leftover).doesNotExist();
    }

    @Test
    void damageAtAnyByteIsFound() throws IOException {
        SnapshotMark.open(directory, true).save(new byte[] {1, 2, 3});
        Path file = directory.resolve("snapshot");
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> SnapshotMark.open(directory, true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> SnapshotMark.open(directory, true)).isInstanceOf(WalCorruptException.class);
        }
    }
}
