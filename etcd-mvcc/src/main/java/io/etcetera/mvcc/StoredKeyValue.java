package io.etcetera.mvcc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.proto.mvccpb.KeyValue;

/**
 * One version of one key, as read. The record's bytes are an encoded {@code mvccpb.KeyValue}, ready to be copied into a
 * response; the revisions beside them come from the index, so that sorting and filtering decode nothing.
 *
 * @param encoded a serialized {@code mvccpb.KeyValue}; never changed after construction
 * @param createRevision main revision at which the key came to life
 * @param modRevision main revision of this version
 * @param version 1 for the first put of a life, then counting up
 */
public record StoredKeyValue(byte[] encoded, long createRevision, long modRevision, long version) {

    /** Decodes the record. */
    public KeyValue decode() {
        try {
            return KeyValue.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptStoreException("record of revision " + modRevision + " is not a KeyValue", e);
        }
    }
}
