package io.etcetera.server.migrate;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Several renames that happen together or not at all, whenever the machine stops. They are written down first, in a file that is there
 * as a whole or not; as long as it is there, whoever comes next finishes them. A name that is to be given must not be taken, so that one
 * that is taken tells that its rename is done.
 */
final class Swap {
    private static final String PLAN = "takeover";

    private Swap() {}

    /** One rename; both names are on one file system. */
    record Rename(Path from, Path to) {}

    /** Does them all, in order and durably. */
    static void run(Path dataDir, List<Rename> renames) throws IOException {
        write(dataDir, renames);
        finish(dataDir);
    }

    /** Writes them down: from here on they will happen. */
    static void write(Path dataDir, List<Rename> renames) throws IOException {
        StringBuilder text = new StringBuilder();
        renames.forEach(rename -> text.append(rename.from().toUri())
                .append(' ')
                .append(rename.to().toUri())
                .append('\n'));
        Path temporary = dataDir.resolve(PLAN + ".tmp");
        Files.writeString(temporary, text.toString());
        force(temporary);
        Files.move(temporary, dataDir.resolve(PLAN), StandardCopyOption.ATOMIC_MOVE);
        force(dataDir);
    }

    /** Finishes what an earlier process has begun, if it has. */
    static void finish(Path dataDir) throws IOException {
        Path plan = dataDir.resolve(PLAN);
        if (!Files.exists(plan)) {
            return;
        }
        for (String line : Files.readAllLines(plan, StandardCharsets.UTF_8)) {
            int space = line.indexOf(' ');
            Path from = Path.of(URI.create(line.substring(0, space)));
            Path to = Path.of(URI.create(line.substring(space + 1)));
            if (Files.exists(from) && !Files.exists(to)) {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                forceParent(from);
                forceParent(to);
            }
        }
        Files.delete(plan);
        force(dataDir);
    }

    private static void forceParent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            force(parent);
        }
    }

    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
