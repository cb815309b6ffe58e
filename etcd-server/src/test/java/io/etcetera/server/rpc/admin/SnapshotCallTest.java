package io.etcetera.server.rpc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.Sha256;
import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.SnapshotRequest;
import io.etcetera.proto.etcdserverpb.SnapshotResponse;
import io.etcetera.server.rpc.port.FakeMember;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Snapshot stream: what clients are sent, and what is left when one goes. */
@Timeout(60)
class SnapshotCallTest {
    @TempDir
    Path directory;

    private final CountDownLatch closed = new CountDownLatch(1);
    private ReplaceableBackend backend;
    private FakeMember member;

    @BeforeEach
    void start() throws IOException {
        backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT.withFsync(false));
        backend.beginEntry();
        backend.put(Bucket.META, MetaKeys.STORAGE_VERSION.key(), "3.7.0".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 40; i++) {
            backend.put(Bucket.KEY, RevisionKey.of(2 + i, 0), new byte[100_000]);
        }
        backend.endEntry();
        member = FakeMember.started();
        member.snapshots = unwanted -> backend.snapshot(unwanted).thenApply(made -> new Observed(made, closed));
    }

    @AfterEach
    void stop() {
        member.close();
        backend.close();
    }

    private Iterator<SnapshotResponse> snapshot() {
        return MaintenanceGrpc.newBlockingStub(member.channel()).snapshot(SnapshotRequest.getDefaultInstance());
    }

    @Test
    void isABoltFileInChunksWithItsDigestBehind() throws Exception {
        List<SnapshotResponse> messages = new ArrayList<>();
        snapshot().forEachRemaining(messages::add);

        SnapshotResponse last = messages.remove(messages.size() - 1);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (SnapshotResponse message : messages) {
            message.getBlob().writeTo(file);
        }
        long sent = 0;
        for (SnapshotResponse message : messages) {
            sent += message.getBlob().size();
            assertThat(message.getRemainingBytes()).isEqualTo(file.size() - sent);
            assertThat(message.getVersion()).isEqualTo("3.7.0");
            assertThat(message.getBlob().size() == SnapshotCall.CHUNK_BYTES || sent == file.size())
                    .isTrue();
        }
        assertThat(last.getBlob().toByteArray()).isEqualTo(Sha256.newDigest().digest(file.toByteArray()));
        assertThat(last.getRemainingBytes()).isZero();
        Path saved = Files.write(directory.resolve("saved"), file.toByteArray());
        try (BoltFile bolt = BoltFile.open(saved)) {
            assertThat(bolt.sizeBytes()).isEqualTo(file.size());
            assertThat(bolt.bucket("key").orElseThrow().get(RevisionKey.of(41, 0)))
                    .contains(new byte[100_000]);
        }
        closed.await();
    }

    @Test
    void aClientThatGoesLeavesNothing() throws Exception {
        Context.CancellableContext client = Context.current().withCancellation();
        Iterator<SnapshotResponse> messages = client.call(this::snapshot);
        assertThat(messages.next().getRemainingBytes()).isPositive();

        client.cancel(null);

        closed.await();
    }

    /** Tells when it is closed. */
    private record Observed(StoreSnapshot snapshot, CountDownLatch closed) implements StoreSnapshot {
        @Override
        public long sizeBytes() {
            return snapshot.sizeBytes();
        }

        @Override
        public String storageVersion() {
            return snapshot.storageVersion();
        }

        @Override
        public ByteBuffer next(int bytes) throws IOException {
            return snapshot.next(bytes);
        }

        @Override
        public void close() {
            snapshot.close();
            closed.countDown();
        }
    }

    @Test
    void aFailureIsToldInItsOwnWords() {
        member.snapshots =
                unwanted -> CompletableFuture.failedFuture(new StoreSnapshotException("no space for it", null));

        assertThatThrownBy(() -> snapshot().next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("UNKNOWN: no space for it");
    }
}
