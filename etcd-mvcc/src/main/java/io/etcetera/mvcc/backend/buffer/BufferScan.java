package io.etcetera.mvcc.backend.buffer;

import io.etcetera.mvcc.schema.Bucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what the write buffers hold of a bucket, in key order, each key once with its newest value or {@link
 * WriteBuffer#DELETED}. One thread.
 */
public final class BufferScan {

    /** A sorted sequence of writes. */
    private abstract static class Source {
        byte @Nullable [] key;
        byte[] value = WriteBuffer.DELETED;

        /** Goes to the next write, or sets {@link #key} to null. */
        abstract void advance();
    }

    private static final class RunSource extends Source {
        private final RevisionRun run;
        private final int size;
        private int index;

        RunSource(RevisionRun run, byte[] from) {
            this.run = run;
            this.size = run.size();
            this.index = run.firstNotBelow(from, size);
        }

        @Override
        void advance() {
            if (index < size) {
                key = run.key(index);
                value = run.value(index);
                index++;
            } else {
                key = null;
            }
        }
    }

    private static final class OverlaySource extends Source {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;

        OverlaySource(Iterator<Map.Entry<byte[], byte[]>> entries) {
            this.entries = entries;
        }

        @Override
        void advance() {
            if (entries.hasNext()) {
                Map.Entry<byte[], byte[]> entry = entries.next();
                key = entry.getKey();
                value = entry.getValue();
            } else {
                key = null;
            }
        }
    }

    /** Newest first. */
    private final List<Source> sources = new ArrayList<>(4);

    private byte @Nullable [] key;
    private byte[] value = WriteBuffer.DELETED;

    public BufferScan(Buffers buffers, Bucket bucket, byte[] from) {
        add(buffers.filling(), bucket, from);
        WriteBuffer committing = buffers.committing();
        if (committing != null) {
            add(committing, bucket, from);
        }
        sources.forEach(Source::advance);
        advance();
    }

    private void add(WriteBuffer buffer, Bucket bucket, byte[] from) {
        sources.add(new OverlaySource(
                buffer.overlay(bucket).tailMap(from, true).entrySet().iterator()));
        if (bucket == Bucket.KEY) {
            sources.add(new RunSource(buffer.revisions(), from));
        }
    }

    /** Stored key of the current write; null at the end. */
    public byte @Nullable [] key() {
        return key;
    }

    /** Its stored value, or {@link WriteBuffer#DELETED}. */
    public byte[] value() {
        return value;
    }

    public void advance() {
        byte[] lowest = null;
        for (Source source : sources) {
            byte[] candidate = source.key;
            if (candidate != null && (lowest == null || Arrays.compareUnsigned(candidate, lowest) < 0)) {
                lowest = candidate;
                value = source.value;
            }
        }
        key = lowest;
        if (lowest != null) {
            for (Source source : sources) {
                if (source.key != null && Arrays.equals(source.key, lowest)) {
                    source.advance();
                }
            }
        }
    }
}
