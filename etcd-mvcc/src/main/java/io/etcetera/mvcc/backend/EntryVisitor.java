package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.ByteView;

/** Takes the entries of a bucket one by one, in key order. */
@FunctionalInterface
public interface EntryVisitor {

    /** Takes an entry, whose bytes are valid only during this call; returns false to be given no more. */
    boolean visit(ByteView key, ByteView value);
}
