package io.etcetera.server.cluster.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Directories that were made for something that may fail, so that they can go again with all that is in them. One thread. */
final class MadeDirectories {
    /** The last one first. */
    private final Deque<Path> made = new ArrayDeque<>();

    /** Makes a directory that only its owner can look into, and those above it that are missing. */
    void make(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = absolute; at != null && Files.notExists(at); at = at.getParent()) {
            missing.push(at);
        }
        for (Path at : missing) {
            DataDirectory.createPrivate(at);
            made.push(at);
        }
    }

    /** Deletes what was made, and leaves what was there before. */
    void deleteAll() throws IOException {
        for (Path directory : made) {
            List<Path> content;
            try (Stream<Path> walk = Files.walk(directory)) {
                content = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : content) {
                Files.delete(path);
            }
        }
        made.clear();
    }
}
