package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the meta that counts. The second one stands at the offset of one page, whose size nobody knows if the first one
 * is damaged; then every size is tried.
 */
final class MetaSearch {
    private final FileChannel channel;
    private final String file;

    MetaSearch(FileChannel channel, String file) {
        this.channel = channel;
        this.file = file;
    }

    /** The newest valid meta; throws if there is none, or if the file is shorter than it says. */
    BoltMeta newest() throws IOException {
        List<BoltMeta> valid = new ArrayList<>();
        byte[] head = read(0);
        String fault = BoltMeta.fault(head, BoltFormat.PAGE_HEADER_BYTES);
        if (fault.isEmpty()) {
            BoltMeta first = BoltMeta.parse(head, BoltFormat.PAGE_HEADER_BYTES);
            valid.add(first);
            second(first.pageBytes()).ifPresent(valid::add);
        } else {
            for (int size = BoltFormat.SMALLEST_PAGE_BYTES; size <= BoltFormat.LARGEST_PAGE_BYTES; size *= 2) {
                second(size).ifPresent(valid::add);
            }
        }
        if (valid.isEmpty()) {
            throw new BoltFormatException(file + " is no bbolt file: the first page (offset 0) " + fault
                    + ", and no second meta page is valid either");
        }
        BoltMeta newest = valid.get(0);
        for (BoltMeta meta : valid) {
            if (Long.compareUnsigned(meta.transaction(), newest.transaction()) > 0) {
                newest = meta;
            }
        }
        check(newest);
        return newest;
    }

    private Optional<BoltMeta> second(int pageBytes) throws IOException {
        byte[] bytes = read(pageBytes);
        if (!BoltMeta.fault(bytes, BoltFormat.PAGE_HEADER_BYTES).isEmpty()) {
            return Optional.empty();
        }
        BoltMeta meta = BoltMeta.parse(bytes, BoltFormat.PAGE_HEADER_BYTES);
        return meta.pageBytes() == pageBytes ? Optional.of(meta) : Optional.empty();
    }

    private void check(BoltMeta meta) throws IOException {
        long fileBytes = channel.size();
        long highWater = meta.highWater();
        if (highWater < 0 || highWater > fileBytes / meta.pageBytes()) {
            throw new BoltFormatException(file + " is damaged or ends early: it has " + fileBytes
                    + " bytes, and its meta page speaks of " + Long.toUnsignedString(highWater) + " pages of "
                    + meta.pageBytes() + " bytes");
        }
        if (meta.root() < BoltFormat.META_PAGES || meta.root() >= highWater) {
            throw new BoltFormatException(file + " is damaged: the meta page of transaction " + meta.transaction()
                    + " names page " + Long.toUnsignedString(meta.root()) + " as the root of " + highWater + " pages");
        }
    }

    /** Header and meta at an offset; zeros where the file ends before. */
    private byte[] read(long offset) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BoltFormat.PAGE_HEADER_BYTES + BoltMeta.BYTES);
        int read;
        do {
            read = channel.read(buffer, offset + buffer.position());
        } while (read > 0 && buffer.hasRemaining());
        return buffer.array();
    }
}
