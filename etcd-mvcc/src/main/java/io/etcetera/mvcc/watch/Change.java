package io.etcetera.mvcc.watch;

/**
 * One change of one key, as the store has recorded it. Arrays are shared, never changed after construction.
 *
 * @param key the key
 * @param record the encoded {@code mvccpb.KeyValue} of a put; not looked at for a delete
 * @param modMain main revision of the change
 * @param modSub place among the changes of that revision
 * @param isDelete whether the key was deleted
 * @param createRevision main revision at which the key came to life; not looked at for a delete
 * @param version 1 for the put that created the key; not looked at for a delete
 */
public record Change(
        byte[] key, byte[] record, long modMain, long modSub, boolean isDelete, long createRevision, long version) {}
