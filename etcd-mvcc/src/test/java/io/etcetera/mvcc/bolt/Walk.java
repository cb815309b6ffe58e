package io.etcetera.mvcc.bolt;

import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a walk through all buckets of a file found.
 *
 * @param buckets names, in the order they came
 * @param keys number of keys of all buckets
 * @param lastRevision last main revision in the bucket {@code key}
 * @param hash CRC-32C over names, keys and values, as {@code etcdutl snapshot status} computes it
 */
record Walk(List<String> buckets, int keys, long lastRevision, long hash) {

    static Walk of(Path path) throws IOException {
        try (BoltFile file = BoltFile.open(path)) {
            return of(file);
        }
    }

    static Walk of(BoltFile file) throws IOException {
        List<String> names = new ArrayList<>();
        CRC32C hash = new CRC32C();
        int keys = 0;
        long revision = 0;
        for (BoltCursor top = file.root().cursor(); top.next(); ) {
            String name = new String(top.key().toArray(), StandardCharsets.ISO_8859_1);
            names.add(name);
            top.key().update(hash);
            if (!top.isBucket()) {
                continue;
            }
            byte[] last = {};
            for (BoltCursor cursor = top.bucket().cursor(); cursor.next(); keys++) {
                byte[] key = cursor.key().toArray();
                if (keys > 0 && last.length > 0 && Arrays.compareUnsigned(last, key) >= 0) {
                    throw new AssertionError("keys do not ascend");
                }
                last = key;
                cursor.key().update(hash);
                cursor.value().update(hash);
                if (name.equals("key") && RevisionKey.isValid(key)) {
                    revision = RevisionKey.main(key);
                }
            }
        }
        return new Walk(names, keys, revision, hash.getValue());
    }
}
