package io.etcetera.server.migrate;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.boot.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a member start on the data directory of a Go etcd: makes its own files beside the old ones, puts them in their place, and keeps
 * the old ones under another name. Whenever it stops on the way, the next start finds the one or the other.
 *
 * <pre>
 * data-dir/member.taking-over        the new files, as long as they are not complete
 * data-dir/member                    before: the Go etcd's files; after: the new ones
 * data-dir/member.go-etcd-TIME       after: the Go etcd's files, untouched
 * </pre>
 *
 * <p>A log in a directory of its own stays there: the files in it change places with those below it, in directories of these names.
 */
public final class Takeover {
    private static final Logger log = LoggerFactory.getLogger(Takeover.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final EtcdConfig config;
    private final TimeSource time;
    private final Path member;
    private final boolean walInside;

    private Takeover(EtcdConfig config, TimeSource time) {
        this.config = config;
        this.time = time;
        this.member = config.memberDirectory();
        this.walInside = config.walDirectory().equals(member.resolve("wal"));
    }

    /**
     * Takes the data directory of the configuration over, if it is that of a Go etcd, or finishes doing so.
     *
     * @throws MigrationException if that cannot be done; everything is as it was then
     */
    public static void run(EtcdConfig config, TimeSource time) throws IOException {
        Swap.finish(config.dataDir());
        GoMember found = new GoMember(config.memberDirectory(), config.walDirectory());
        if (!DataDirectory.isOurs(config) && found.exists()) {
            new Takeover(config, time).run(found);
        }
    }

    private void run(GoMember found) throws IOException {
        long begin = time.nanoTime();
        log.atInfo()
                .addKeyValue("data-dir", config.dataDir())
                .addKeyValue("wal-dir", found.walDirectory())
                .log("found the data directory of a Go etcd; taking it over");
        Path building = config.dataDir().resolve("member.taking-over");
        Path walBuilding =
                walInside ? building.resolve("wal") : found.walDirectory().resolve("taking-over");
        deleteAll(building);
        deleteAll(walBuilding);
        Files.createDirectories(building);
        Summary summary = new GoMemberImport(found, new LoggedProgress(time)).into(building, walBuilding);
        String suffix = "go-etcd-" + TIME.format(Instant.ofEpochMilli(time.currentTimeMillis()));
        Path kept = config.dataDir().resolve("member." + suffix);
        List<Swap.Rename> renames = new ArrayList<>();
        if (!walInside) {
            Path walKept = Files.createDirectory(found.walDirectory().resolve(suffix));
            renames.addAll(moves(found.walDirectory(), walKept));
            renames.addAll(moves(walBuilding, found.walDirectory()));
        }
        renames.add(new Swap.Rename(member, kept));
        renames.add(new Swap.Rename(building, member));
        Swap.force(building);
        Swap.run(config.dataDir(), renames);
        log.atInfo()
                .addKeyValue(
                        "local-member-id", Long.toHexString(summary.identity().memberId()))
                .addKeyValue("cluster-id", Long.toHexString(summary.identity().clusterId()))
                .addKeyValue("cluster-version", summary.clusterVersion())
                .addKeyValue("applied-index", summary.index())
                .addKeyValue("last-index", summary.lastIndex())
                .addKeyValue("kept", kept)
                .addKeyValue("took", Duration.ofNanos(time.nanoTime() - begin))
                .log("took over the data directory of a Go etcd; its files are kept");
    }

    private static List<Swap.Rename> moves(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> new Swap.Rename(file, to.resolve(file.getFileName())))
                    .toList();
        }
    }

    static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
