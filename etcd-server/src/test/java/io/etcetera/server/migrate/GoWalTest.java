package io.etcetera.server.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.HardState;
import io.etcetera.proto.walpb.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs as the Go etcd writes them, written by our own writer; that both servers agree on them, others test. */
class GoWalTest {
    private static final long MEMBER = 0xfedcba9876543210L;

    @TempDir
    private Path directory;

    private interface Content {
        void write(GoWalWriter writer) throws IOException;
    }

    private Path write(Content content) throws IOException {
        try (GoWalWriter writer = GoWalWriter.create(directory, MEMBER, 7)) {
            content.write(writer);
            writer.finish();
        }
        return directory.resolve("0000000000000000-0000000000000000.wal");
    }

    private static Entry entry(long index, long term, String data) {
        return Entry.newBuilder()
                .setIndex(index)
                .setTerm(term)
                .setData(ByteString.copyFromUtf8(data))
                .build();
    }

    private static HardState committed(long index) {
        return HardState.newBuilder()
                .setTerm(3)
                .setVote(MEMBER)
                .setCommit(index)
                .build();
    }

    private static List<String> data(GoWal wal) throws IOException {
        List<String> data = new ArrayList<>();
        wal.forEach(
                wal.firstIndex(),
                wal.lastIndex(),
                entry -> data.add(entry.getIndex() + entry.getData().toStringUtf8()));
        return data;
    }

    @Test
    void laterEntriesTakeThePlaceOfEarlierOnes() throws IOException {
        write(writer -> {
            for (int index = 1; index <= 5; index++) {
                writer.write(entry(index, 1, "old"));
            }
            writer.write(entry(3, 2, "new"));
            writer.write(committed(3));
        });
        GoWal wal = GoWal.open(directory);
        assertThat(data(wal)).containsExactly("1old", "2old", "3new");
        assertThat(wal.termOf(3)).contains(2L);
        assertThat(wal.termOf(4)).isEmpty();
        assertThat(wal.memberId()).isEqualTo(MEMBER);
        assertThat(wal.clusterId()).isEqualTo(7);
        assertThat(wal.hardState()).isEqualTo(committed(3));
    }

    @Test
    void behindTheLeadersSnapshotTheLogBeginsAnew() throws IOException {
        write(writer -> {
            writer.write(entry(1, 1, "a"));
            writer.write(Snapshot.newBuilder().setIndex(10).setTerm(2).build());
            writer.write(committed(10));
            writer.write(entry(11, 2, "b"));
        });
        GoWal wal = GoWal.open(directory);
        assertThat(wal.firstIndex()).isEqualTo(11);
        assertThat(data(wal)).containsExactly("11b");
        assertThat(wal.termOf(10)).contains(2L);
        assertThat(wal.newestSnapshot().orElseThrow().getIndex()).isEqualTo(10);
    }

    @Test
    void gapsAreRefused() throws IOException {
        Path file = write(writer -> {
            writer.write(entry(1, 1, "a"));
            writer.write(entry(3, 1, "b"));
        });
        assertThatThrownBy(() -> GoWal.open(directory))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining(file + " is damaged at offset")
                .hasMessageContaining("entry 3 follows entry 1");
    }

    @Test
    void entriesThatWereCommittedMustBeThere() throws IOException {
        write(writer -> {
            writer.write(entry(1, 1, "a"));
            writer.write(committed(2));
        });
        assertThatThrownBy(() -> GoWal.open(directory)).hasMessageContaining("it has lost some");
    }

    /** Wherever the file ends, what comes before is read. */
    @Test
    void whatWasNotWrittenInFullIsLeftOut() throws IOException {
        long[] end = {0};
        Path file = write(writer -> {
            writer.write(entry(1, 1, "first"));
            writer.finish();
            end[0] = Files.size(directory.resolve("0000000000000000-0000000000000000.wal"));
            writer.write(entry(2, 1, "second"));
        });
        byte[] whole = Files.readAllBytes(file);
        for (int length = (int) end[0]; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(data(GoWal.open(directory))).containsExactly("1first");
        }
        Files.write(file, whole);
        assertThat(data(GoWal.open(directory))).containsExactly("1first", "2second");
    }

    /** Space that was preallocated, or a sector that had not come to the disk yet. */
    @Test
    void zerosAreTheEnd() throws IOException {
        Path file = write(writer -> {
            writer.write(entry(1, 1, "first"));
            writer.write(entry(2, 1, "x".repeat(2000)));
        });
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length + 5000));
        assertThat(GoWal.open(directory).lastIndex()).isEqualTo(2);
        Arrays.fill(whole, 1024, 1536, (byte) 0);
        Files.write(file, whole);
        assertThat(data(GoWal.open(directory))).containsExactly("1first");
    }

    @Test
    void everyChangedByteIsFoundOrHarmless() throws IOException {
        Path file = write(writer -> {
            for (int index = 1; index <= 4; index++) {
                writer.write(entry(index, 1, "data"));
            }
            writer.write(committed(4));
        });
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x10;
            Files.write(file, changed);
            try {
                // A length that is too large looks like the end of a log that was cut short: as in etcd. Of what is
                // read,
                // nothing has changed.
                assertThat(List.of("1data", "2data", "3data", "4data")).containsAll(data(GoWal.open(directory)));
            } catch (MigrationException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 2);
    }

    @Test
    void filesMustFollowOneAnother() throws IOException {
        Path first = write(writer -> writer.write(entry(1, 1, "a")));
        Files.copy(first, directory.resolve("0000000000000002-0000000000000002.wal"));
        assertThatThrownBy(() -> GoWal.open(directory)).hasMessageContaining("a file of the log is missing before");
        Files.move(
                directory.resolve("0000000000000002-0000000000000002.wal"),
                directory.resolve("0000000000000001-0000000000000002.wal"));
        assertThatThrownBy(() -> GoWal.open(directory))
                .hasMessageContaining("0000000000000001-0000000000000002.wal is damaged at offset 0")
                .hasMessageContaining("the file does not follow the one before");
    }
}
