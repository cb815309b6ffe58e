package io.etcetera.mvcc.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final long[] NUMBERS = {
        0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE
    };

    @Test
    void revisionKeysAreThoseOfEtcd() {
        assertThat(HexFormat.of().formatHex(RevisionKey.of(0x0102, 3)))
                .isEqualTo("0000000000000102" + "5f" + "0000000000000003");
        assertThat(HexFormat.of().formatHex(RevisionKey.ofTombstone(5, 0)))
                .isEqualTo("0000000000000005" + "5f" + "0000000000000000" + "74");
        byte[] key = RevisionKey.ofTombstone(1L << 40, 7);
        assertThat(RevisionKey.main(key)).isEqualTo(1L << 40);
        assertThat(RevisionKey.sub(key)).isEqualTo(7);
        assertThat(RevisionKey.isTombstone(key)).isTrue();
        assertThat(RevisionKey.main(ByteView.of(key))).isEqualTo(1L << 40);
        assertThat(RevisionKey.sub(ByteView.of(key))).isEqualTo(7);
        RevisionKey.check(ByteView.of(key));
        assertThatThrownBy(() -> RevisionKey.check(ByteView.of(new byte[17])))
                .isInstanceOf(CorruptStoreException.class);
    }

    @Test
    void recordsAreWrittenAsProtobufDoes() {
        Random random = new Random(42);
        RecordHeader header = new RecordHeader();
        for (int i = 0; i < 5_000; i++) {
            byte[] key = randomBytes(random);
            byte[] value = randomBytes(random);
            long create = NUMBERS[random.nextInt(NUMBERS.length)];
            long mod = NUMBERS[random.nextInt(NUMBERS.length)];
            long version = NUMBERS[random.nextInt(NUMBERS.length)];
            long lease = NUMBERS[random.nextInt(NUMBERS.length)];
            byte[] record = KeyValueCodec.encode(key, create, mod, version, value, lease);
            KeyValue expected = KeyValue.newBuilder()
                    .setKey(ByteString.copyFrom(key))
                    .setCreateRevision(create)
                    .setModRevision(mod)
                    .setVersion(version)
                    .setValue(ByteString.copyFrom(value))
                    .setLease(lease)
                    .build();
            assertThat(record).isEqualTo(expected.toByteArray());

            header.decode(ByteView.of(record));
            assertThat(Arrays.copyOfRange(record, header.keyOffset(), header.keyOffset() + header.keyLength()))
                    .isEqualTo(key);
            assertThat(Arrays.copyOfRange(record, header.valueOffset(), header.valueOffset() + header.valueLength()))
                    .isEqualTo(value);
            assertThat(header.createRevision()).isEqualTo(create);
            assertThat(header.modRevision()).isEqualTo(mod);
            assertThat(header.version()).isEqualTo(version);
            assertThat(header.lease()).isEqualTo(lease);
        }
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void tombstonesHoldTheKeyOnly() {
        byte[] key = "k".getBytes(UTF_8);
        assertThat(KeyValueCodec.encodeTombstone(key))
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(ByteString.copyFrom(key))
                        .build()
                        .toByteArray());
    }

    @Test
    void damagedRecordsAreRefused() {
        byte[] record = KeyValueCodec.encode("key".getBytes(UTF_8), 2, 3, 4, new byte[200], 1L << 40);
        RecordHeader header = new RecordHeader();
        int refused = 0;
        for (int length = 1; length < record.length; length++) {
            try {
                header.decode(ByteView.of(Arrays.copyOf(record, length)));
            } catch (CorruptStoreException e) {
                refused++;
            }
        }
        // A cut between two fields leaves a valid message.
        assertThat(refused).isEqualTo(record.length - 1 - 5);
        header.decode(ByteView.of(new byte[0]));
        assertThat(header.keyLength()).isZero();
    }

    @Test
    void unknownFieldsAreSkipped() {
        byte[] known = KeyValueCodec.encode("key".getBytes(UTF_8), 2, 3, 4, new byte[1], 5);
        byte[] unknown = {15 << 3, (byte) 0x80, 1, (byte) ((13 << 3) | 5), 1, 2, 3, 4, (byte) ((14 << 3) | 2), 2, 9, 9};
        byte[] record = Arrays.copyOf(unknown, unknown.length + known.length);
        System.arraycopy(known, 0, record, unknown.length, known.length);
        RecordHeader header = new RecordHeader();
        header.decode(ByteView.of(record));
        assertThat(header.lease()).isEqualTo(5);
        assertThat(header.version()).isEqualTo(4);
    }

    @Test
    void metaValuesAreChecked() {
        assertThat(MetaKeys.TERM.decodeLong(MetaKeys.encodeLong(258))).isEqualTo(258);
        assertThat(MetaKeys.FINISHED_COMPACT_REV.decodeRevision(RevisionKey.of(9, 0)))
                .isEqualTo(9);
        assertThatThrownBy(() -> MetaKeys.TERM.decodeLong(new byte[7])).isInstanceOf(CorruptStoreException.class);
        assertThatThrownBy(() -> MetaKeys.FINISHED_COMPACT_REV.decodeRevision(new byte[17]))
                .isInstanceOf(CorruptStoreException.class);
    }
}
