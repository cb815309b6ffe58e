package io.etcetera.server.migrate;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.HardState;
import io.etcetera.proto.walpb.Metadata;
import io.etcetera.proto.walpb.Record;
import io.etcetera.proto.walpb.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log of a Go etcd that does not run. Opening it reads all of it, checks it, and remembers where the entries are: an
 * entry takes the place of one that has its index, and of all behind that one. One thread.
 */
final class GoWal {
    private static final Logger log = LoggerFactory.getLogger(GoWal.class);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.wal");

    private final Path directory;
    private final List<Path> files;
    private final List<Place> entries = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private @Nullable Metadata metadata;
    private HardState state = HardState.getDefaultInstance();
    private long firstIndex;

    /** Where an entry is. */
    private record Place(int file, long offset, long term) {}

    private GoWal(Path directory, List<Path> files) {
        this.directory = directory;
        this.files = files;
        // Those before may have been removed long ago.
        this.firstIndex = Math.max(1, hex(files.get(0), 17));
    }

    /** Whether a file of this name belongs to such a log. */
    static boolean isSegmentName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Reads a log.
     *
     * @throws MigrationException if it is damaged, or there is none
     */
    static GoWal open(Path directory) throws IOException {
        GoWal wal = new GoWal(directory, segments(directory));
        RunningCrc crc = new RunningCrc();
        for (int i = 0; i < wal.files.size(); i++) {
            int number = i;
            Path file = wal.files.get(i);
            boolean last = i == wal.files.size() - 1;
            long torn = new GoWalFile(file, last, crc).read((record, at) -> wal.take(record, number, at));
            if (torn >= 0) {
                log.atWarn()
                        .addKeyValue("path", file)
                        .addKeyValue("offset", torn)
                        .log("the log ends in a record that was not written in full; it is left out");
            }
        }
        wal.checkWhole();
        return wal;
    }

    private static List<Path> segments(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> isSegmentName(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new MigrationException("there is no log in " + directory);
        }
        for (int i = 1; i < files.size(); i++) {
            if (sequence(files.get(i)) != sequence(files.get(i - 1)) + 1) {
                throw new MigrationException("a file of the log is missing before " + files.get(i));
            }
        }
        return files;
    }

    private static long sequence(Path file) {
        return hex(file, 0);
    }

    private static long hex(Path file, int at) {
        return Long.parseUnsignedLong(file.getFileName().toString(), at, at + 16, 16);
    }

    private void take(Record record, int file, long at) throws IOException {
        switch ((int) record.getType()) {
            case GoWalFile.METADATA -> {
                Metadata read = parse(Metadata.parser(), record, file, at);
                if (metadata != null && !metadata.equals(read)) {
                    throw damaged(file, at, "it belongs to another member than the file before");
                }
                metadata = read;
            }
            case GoWalFile.ENTRY -> take(parse(Entry.parser(), record, file, at), file, at);
            case GoWalFile.STATE -> state = parse(HardState.parser(), record, file, at);
            case GoWalFile.SNAPSHOT -> take(parse(Snapshot.parser(), record, file, at));
            default -> throw damaged(file, at, "a record is of the unknown type " + record.getType());
        }
    }

    private void take(Entry entry, int file, long at) throws MigrationException {
        long place = entry.getIndex() - firstIndex;
        if (place < 0) {
            entries.clear();
            firstIndex = entry.getIndex();
        } else if (place > entries.size()) {
            throw damaged(file, at, "entry " + entry.getIndex() + " follows entry " + lastIndex());
        } else {
            entries.subList((int) place, entries.size()).clear();
        }
        entries.add(new Place(file, at, entry.getTerm()));
    }

    /** A snapshot of what the log holds; or one that came from the leader, and the log goes on behind it. */
    private void take(Snapshot snapshot) {
        snapshots.add(snapshot);
        if (snapshot.getIndex() > lastIndex()) {
            entries.clear();
            firstIndex = snapshot.getIndex() + 1;
        }
    }

    private <T extends Message> T parse(Parser<T> parser, Record record, int file, long at) throws MigrationException {
        try {
            return parser.parseFrom(record.getData());
        } catch (InvalidProtocolBufferException e) {
            throw damaged(file, at, "the content of a record cannot be read (" + e.getMessage() + ")");
        }
    }

    private MigrationException damaged(int file, long at, String what) {
        return GoWalFile.damaged(files.get(file), at, what);
    }

    private void checkWhole() throws MigrationException {
        if (metadata == null || metadata.getNodeID() == 0 || metadata.getClusterID() == 0) {
            throw new MigrationException("the log in " + directory + " does not say whose it is");
        }
        if (state.getCommit() > lastIndex()) {
            throw new MigrationException("the log in " + directory + " ends at entry " + lastIndex()
                    + ", but entries up to " + state.getCommit() + " were committed: it has lost some");
        }
    }

    long memberId() {
        return metadata == null ? 0 : metadata.getNodeID();
    }

    long clusterId() {
        return metadata == null ? 0 : metadata.getClusterID();
    }

    /** Term, vote and commit index last written. The latter may lag behind what was committed. */
    HardState hardState() {
        return state;
    }

    /** The first entry there is; if there is none, the one that would be next. */
    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return firstIndex + entries.size() - 1;
    }

    /** The newest snapshot that is known to hold only what was committed. */
    Optional<Snapshot> newestSnapshot() {
        return snapshots.stream()
                .filter(snapshot -> snapshot.getIndex() <= state.getCommit())
                .reduce((first, second) -> second);
    }

    /** The term of an entry; empty if neither the log nor a snapshot says. */
    Optional<Long> termOf(long index) {
        if (index >= firstIndex && index <= lastIndex()) {
            return Optional.of(entries.get((int) (index - firstIndex)).term());
        }
        return snapshots.stream()
                .filter(snapshot -> snapshot.getIndex() == index)
                .map(Snapshot::getTerm)
                .reduce((first, second) -> second);
    }

    /** Is given entries in order. */
    interface EntryVisitor {
        void visit(Entry entry) throws IOException;
    }

    /** Visits the entries from {@code from} to {@code to}, all of which must be there. */
    void forEach(long from, long to, EntryVisitor visitor) throws IOException {
        int open = -1;
        FileChannel channel = null;
        try {
            for (long index = from; index <= to; index++) {
                Place place = entries.get((int) (index - firstIndex));
                if (channel == null || place.file() != open) {
                    if (channel != null) {
                        channel.close();
                    }
                    channel = FileChannel.open(files.get(place.file()), StandardOpenOption.READ);
                    open = place.file();
                }
                visitor.visit(read(channel, place));
            }
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    private Entry read(FileChannel channel, Place place) throws IOException {
        long word = bytes(channel, place, GoWalFile.FRAME_BYTES, 0).getLong();
        // It has been read and checked before.
        int length = (int) (word & 0xFFFF_FFFFL);
        ByteBuffer record = bytes(channel, place, length, GoWalFile.FRAME_BYTES);
        try {
            return Entry.parseFrom(Record.parseFrom(record).getData());
        } catch (InvalidProtocolBufferException e) {
            throw damaged(place.file(), place.offset(), "an entry has changed while it was being read");
        }
    }

    private ByteBuffer bytes(FileChannel channel, Place place, int length, int behind) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, place.offset() + behind + buffer.position()) < 0) {
                throw damaged(place.file(), place.offset(), "the file has become shorter while it was being read");
            }
        }
        return buffer.flip();
    }
}
