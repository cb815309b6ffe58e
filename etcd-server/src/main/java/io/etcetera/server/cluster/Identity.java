package io.etcetera.server.cluster;

import io.etcetera.server.text.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Who a data directory belongs to. Made from the configuration once, then read back from file {@code identity}, so that
 * a restart pays no heed to the initial-cluster options.
 *
 * @param memberId never 0
 * @param clusterId never 0
 * @param joined whether the cluster was there before this member. Then the log that it is sent says who votes, and until
 *     that has come this member must not: nobody has asked it to
 */
public record Identity(long memberId, long clusterId, boolean joined) {
    private static final String FILE_NAME = "identity";
    private static final long FORMAT = 1;

    /** Of a member that was there when its cluster was made. */
    public Identity(long memberId, long clusterId) {
        this(memberId, clusterId, false);
    }

    public static boolean exists(Path memberDirectory) {
        return Files.exists(memberDirectory.resolve(FILE_NAME));
    }

    public static Identity read(Path memberDirectory) throws IOException, ClusterConfigException {
        Path file = memberDirectory.resolve(FILE_NAME);
        String text = Files.readString(file);
        try {
            Map<String, Object> json = Json.parseObject(text);
            if (!BigInteger.valueOf(FORMAT).equals(json.get("format"))) {
                throw new ClusterConfigException(file + " is of format " + json.get("format")
                        + ", and this version knows format " + FORMAT + " only; use the version that wrote it");
            }
            return new Identity(id(json, "memberId"), id(json, "clusterId"), Boolean.TRUE.equals(json.get("joined")));
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigException(file + " is damaged (" + e.getMessage()
                    + "); restore the data directory from a backup, or start with an empty one");
        }
    }

    private static long id(Map<String, Object> json, String name) {
        if (json.get(name) instanceof String text) {
            long id = Long.parseUnsignedLong(text, 16);
            if (id != 0) {
                return id;
            }
        }
        throw new IllegalArgumentException("no " + name);
    }

    /** Writes the file as a whole or not at all, and durably. */
    public void write(Path memberDirectory) throws IOException {
        String text = "{\"format\":" + FORMAT + ",\"memberId\":\"" + MemberIds.toText(memberId) + "\",\"clusterId\":\""
                + MemberIds.toText(clusterId) + "\"" + (joined ? ",\"joined\":true" : "") + "}\n";
        Path temporary = memberDirectory.resolve(FILE_NAME + ".tmp");
        Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
        force(temporary);
        Files.move(temporary, memberDirectory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
        force(memberDirectory);
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
