package io.etcetera.server.cluster.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.Sha256;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.bolt.BoltWriter;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.KeyValueCodec;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberIds;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a restored directory, and that a failed restore leaves none. */
class SnapshotRestoreTest {
    private static final byte[] RECORD =
            KeyValueCodec.encode("key".getBytes(US_ASCII), 2, 2, 1, "value".getBytes(US_ASCII), 0);

    @TempDir
    Path directory;

    private Path snapshot(byte[] record) throws IOException {
        Path path = directory.resolve("snapshot");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(file, BoltWriter.PAGE_BYTES);
            writer.bucket("cluster");
            put(writer, "clusterVersion".getBytes(US_ASCII), "3.7.0".getBytes(US_ASCII));
            writer.bucket("key");
            put(writer, RevisionKey.of(2, 0), record);
            writer.bucket("members");
            put(writer, "abc".getBytes(US_ASCII), "{\"id\":2748,\"peerURLs\":[\"http://old:1\"]}".getBytes(US_ASCII));
            writer.bucket("meta");
            put(writer, MetaKeys.CONSISTENT_INDEX.key(), MetaKeys.encodeLong(1_000));
            writer.finish();
        }
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Sha256.newDigest().digest(bytes), StandardOpenOption.APPEND);
        return path;
    }

    private static void put(BoltWriter writer, byte[] key, byte[] value) throws IOException {
        writer.put(ByteView.of(key), ByteView.of(value));
    }

    private SnapshotRestore restore(Path snapshot, long bump) {
        return new SnapshotRestore(
                snapshot,
                directory.resolve("data"),
                directory.resolve("log"),
                "b",
                List.of(URI.create("http://host:2")),
                "a=http://host:1,b=http://host:2",
                "token",
                false,
                bump);
    }

    @Test
    void theNewMembersTakeThePlaceOfTheOldOnes() throws Exception {
        restore(snapshot(RECORD), 10).run(bytes -> {});

        Path member = directory.resolve("data/member");
        Identity identity = Identity.read(member);
        assertThat(identity.memberId()).isEqualTo(MemberIds.member(List.of("http://host:2"), "token"));
        try (Backend backend = LmdbStore.open(member.resolve("snap/store.mdb"), BackendOptions.DEFAULT)) {
            ClusterStore cluster = new ClusterStore(identity, backend);
            assertThat(cluster.members()).extracting(Member::getName).containsExactlyInAnyOrder("a", "b");
            assertThat(cluster.isFounded()).isTrue();
            assertThat(backend.consistentIndex())
                    .as("one entry for each member")
                    .isEqualTo(2);
            assertThat(backend.get(Bucket.KEY, RevisionKey.of(2, 0))).isEqualTo(RECORD);
            assertThat(backend.get(Bucket.KEY, RevisionKey.of(12, 0))).isEmpty();
            assertThat(backend.get(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key()))
                    .isEqualTo(RevisionKey.of(12, 0));
        }
        assertThat(directory.resolve("log/hardstate")).exists();
    }

    @Test
    void damageThatIsFoundOnTheWayLeavesNothing() throws IOException {
        SnapshotRestore restore = restore(snapshot(new byte[] {10, 100}), 0);

        assertThatThrownBy(() -> restore.run(bytes -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("snapshot is damaged");
        assertThat(directory.resolve("data")).doesNotExist();
        assertThat(directory.resolve("log")).doesNotExist();
    }

    @Test
    void aRevisionBeyondAllNumbersIsRefused() throws IOException {
        SnapshotRestore restore = restore(snapshot(RECORD), Long.MAX_VALUE);

        assertThatThrownBy(() -> restore.run(bytes -> {})).isInstanceOf(IOException.class);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aDirectoryThatWasThereStaysAsItWas() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        assertThatThrownBy(() -> restore(snapshot(new byte[] {10, 100}), 0).run(bytes -> {}))
                .isInstanceOf(IOException.class);
        assertThat(data).isEmptyDirectory();

        Files.writeString(data.resolve("mine"), "text");
        assertThatThrownBy(() -> restore(directory.resolve("snapshot"), 0).run(bytes -> {}))
                .hasMessage("data-dir \"" + data + "\" not empty or could not be read");
        assertThat(data.resolve("mine")).hasContent("text");
    }
}
