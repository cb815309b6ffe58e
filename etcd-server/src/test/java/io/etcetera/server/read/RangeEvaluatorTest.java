package io.etcetera.server.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeEvaluatorTest {
    private static final List<KeyValue> KVS =
            List.of(kv("a", "z", 5, 9, 3), kv("b", "y", 2, 8, 4), kv("c", "x", 7, 7, 1), kv("d", "w", 3, 6, 2));

    private final List<RangeOptions> asked = new ArrayList<>();

    /** Four keys, served as the store does. */
    private final RangeSource source = (range, options) -> {
        asked.add(options);
        List<StoredKeyValue> found = new ArrayList<>();
        for (KeyValue kv : KVS) {
            if (!options.countOnly() && (options.limit() <= 0 || found.size() < options.limit())) {
                KeyValue record = options.withoutRecords()
                        ? kv.toBuilder().clearValue().clearLease().build()
                        : kv;
                found.add(new StoredKeyValue(
                        record.toByteArray(), kv.getCreateRevision(), kv.getModRevision(), kv.getVersion()));
            }
        }
        return new RangeResult(found, KVS.size(), 10);
    };

    private static KeyValue kv(String key, String value, long create, long mod, long version) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .setCreateRevision(create)
                .setModRevision(mod)
                .setVersion(version)
                .setLease(77)
                .build();
    }

    private static String keys(RangeOutcome outcome) {
        StringBuilder keys = new StringBuilder();
        outcome.kvs().forEach(kv -> keys.append(kv.decode().getKey().toStringUtf8()));
        return keys.toString();
    }

    private RangeOutcome evaluate(RangeRequest.Builder request) throws EtcdException {
        return RangeEvaluator.evaluate(source, request.build());
    }

    @ParameterizedTest
    @CsvSource({
        // order, target, limit, keys, more, limit that the source is asked for
        "NONE, KEY, 0, abcd, false, 0",
        "NONE, KEY, 2, ab, true, 3",
        "NONE, KEY, 4, abcd, false, 5",
        "ASCEND, KEY, 2, ab, true, 3",
        "DESCEND, KEY, 2, dc, true, 0",
        "DESCEND, KEY, 0, dcba, false, 0",
        "ASCEND, VERSION, 0, cdab, false, 0",
        "DESCEND, VERSION, 3, bad, true, 0",
        "ASCEND, CREATE, 0, bdac, false, 0",
        "ASCEND, MOD, 1, d, true, 0",
        "ASCEND, VALUE, 0, dcba, false, 0",
        "DESCEND, VALUE, 2, ab, true, 0",
        // order NONE sorts, but only what the limit lets it fetch in key order
        "NONE, MOD, 2, cb, true, 3",
        "NONE, VALUE, 0, dcba, false, 0",
        "NONE, KEY, 9223372036854775807, abcd, false, 0",
        "NONE, KEY, -1, abcd, false, 0",
    })
    void sortsAndLimits(SortOrder order, SortTarget target, long limit, String keys, boolean more, long fetched)
            throws EtcdException {
        RangeOutcome outcome = evaluate(RangeRequest.newBuilder()
                .setSortOrder(order)
                .setSortTarget(target)
                .setLimit(limit));
        assertThat(keys(outcome)).isEqualTo(keys);
        assertThat(outcome.more()).isEqualTo(more);
        assertThat(outcome.count()).isEqualTo(4);
        assertThat(outcome.revision()).isEqualTo(10);
        assertThat(asked.get(0).limit()).isEqualTo(fetched);
    }

    @ParameterizedTest
    @CsvSource({
        // min mod, max mod, min create, max create, limit, keys, more
        "7, 0, 0, 0, 0, abc, false",
        "0, 7, 0, 0, 0, cd, false",
        "7, 8, 0, 0, 0, bc, false",
        "0, 0, 3, 5, 0, ad, false",
        "0, -1, 0, 0, 0, '', false",
        "-1, 0, 0, 0, 0, abcd, false",
        "7, 0, 0, 0, 2, ab, true",
        "7, 0, 0, 0, 3, abc, false",
    })
    void filtersBeforeItLimits(
            long minMod, long maxMod, long minCreate, long maxCreate, long limit, String keys, boolean more)
            throws EtcdException {
        RangeOutcome outcome = evaluate(RangeRequest.newBuilder()
                .setMinModRevision(minMod)
                .setMaxModRevision(maxMod)
                .setMinCreateRevision(minCreate)
                .setMaxCreateRevision(maxCreate)
                .setLimit(limit));
        assertThat(keys(outcome)).isEqualTo(keys);
        assertThat(outcome.more()).isEqualTo(more);
        assertThat(outcome.count()).isEqualTo(4);
        assertThat(asked.get(0).limit()).isZero();
    }

    @Test
    void countOnlyReturnsNoKeysAndNeverMore() throws EtcdException {
        RangeOutcome outcome =
                evaluate(RangeRequest.newBuilder().setCountOnly(true).setLimit(1));
        assertThat(outcome).isEqualTo(new RangeOutcome(List.of(), false, 4, 10));
    }

    @Test
    void keysOnlyComesFromTheIndexUnlessSortedByValue() throws EtcdException {
        KeyValue fromIndex = evaluate(RangeRequest.newBuilder().setKeysOnly(true))
                .kvs()
                .get(0)
                .decode();
        assertThat(asked.get(0).withoutRecords()).isTrue();
        assertThat(fromIndex.getLease()).isZero();

        KeyValue byValue = evaluate(RangeRequest.newBuilder()
                        .setKeysOnly(true)
                        .setSortTarget(SortTarget.VALUE)
                        .setSortOrder(SortOrder.ASCEND))
                .kvs()
                .get(0)
                .decode();
        assertThat(byValue).isEqualTo(KVS.get(3).toBuilder().clearValue().build());
        assertThat(byValue.getLease()).isEqualTo(77);
    }

    @Test
    void revisionsThatAreNotThereBecomeErrors() {
        RangeSource compacted = (range, options) -> {
            throw new RevisionException(RevisionException.Kind.COMPACTED);
        };
        RangeSource future = (range, options) -> {
            throw new RevisionException(RevisionException.Kind.FUTURE);
        };
        RangeRequest request = RangeRequest.getDefaultInstance();
        assertThatThrownBy(() -> RangeEvaluator.evaluate(compacted, request)).hasMessage(EtcdError.COMPACTED.text());
        assertThatThrownBy(() -> RangeEvaluator.evaluate(future, request)).hasMessage(EtcdError.FUTURE_REVISION.text());
    }
}
