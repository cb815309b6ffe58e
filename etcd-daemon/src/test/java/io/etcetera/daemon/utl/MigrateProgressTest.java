package io.etcetera.daemon.utl;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.bolt.BoltWriter;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.mvccpb.KeyValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code etcdutl migrate} says how far it is, whichever way it goes. */
@Timeout(60)
class MigrateProgressTest {
    /** There is a report for each thousand. */
    private static final int RECORDS = 2_500;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();
    private final Path directory;

    MigrateProgressTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** On a clock that is six seconds further at each look, so that every report is due. */
    private void run(String... words) {
        Console console = new Console(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                () -> nanos.getAndAdd(TimeUnit.SECONDS.toNanos(6)));
        assertThat(EtcdUtl.run(List.of(words), console))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
    }

    @BeforeEach
    void restore() throws IOException {
        Path snapshot = directory.resolve("snapshot");
        try (FileChannel file = FileChannel.open(snapshot, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(file, BoltWriter.PAGE_BYTES);
            writer.bucket(Bucket.KEY.bucketName());
            for (int i = 0; i < RECORDS; i++) {
                KeyValue record = KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key-" + i))
                        .setCreateRevision(2 + i)
                        .setModRevision(2 + i)
                        .setVersion(1)
                        .build();
                writer.put(ByteView.of(RevisionKey.of(2 + i, 0)), ByteView.of(record.toByteArray()));
            }
            long unusedSize = writer.finish();
        }
        run("snapshot", "restore", snapshot.toString(), "--skip-hash-check", "--data-dir", path("ours"));
        err.reset();
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void thereAndBack() {
        run("migrate", "--data-dir", path("ours"), "--output-dir", path("go"), "--to", "etcd");
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .matches("migrating " + path("ours")
                                + ": [^ ]+ [kM]?B of [^ ]+ [kM]?B, [^ ]+ [kM]?B/s, [^ ]+ left"));
        err.reset();

        run("migrate", "--data-dir", path("go"), "--output-dir", path("again"), "--to", "etcetera");
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("migrating " + path("go") + ": "));
    }
}
