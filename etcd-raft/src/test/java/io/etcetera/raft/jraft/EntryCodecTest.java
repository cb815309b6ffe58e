package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryCodecTest {
    private static final long HIGHEST_ID = 0xffff_ffff_ffff_fffeL;

    private static LogEntry entry(EntryType type) {
        LogEntry entry = new LogEntry(type);
        entry.setId(new LogId(42, 7));
        return entry;
    }

    @Test
    void dataSurvivesAndItsBufferIsLeftAlone() throws IOException {
        LogEntry entry = entry(EntryType.ENTRY_TYPE_DATA);
        ByteBuffer data = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3);
        entry.setData(data);

        byte[] record = EntryCodec.encode(entry);

        assertThat(data.remaining()).isEqualTo(3);
        assertThat(EntryCodec.isData(record)).isTrue();
        assertThat(EntryCodec.decode(42, record)).isEqualTo(entry);
    }

    @Test
    void aChecksumTravelsAlong() throws IOException {
        LogEntry entry = entry(EntryType.ENTRY_TYPE_DATA);
        entry.setData(ByteBuffer.wrap(new byte[100]));
        entry.setChecksum(entry.checksum());

        byte[] record = EntryCodec.encode(entry);
        LogEntry decoded = EntryCodec.decode(42, record);

        assertThat(decoded.hasChecksum()).isTrue();
        assertThat(decoded.isCorrupted()).isFalse();
        assertThat(EntryCodec.isData(record)).isTrue();
    }

    @Test
    void aJointConfigurationSurvives() throws IOException {
        LogEntry entry = entry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setPeers(List.of(Peers.peer(1), Peers.peer(HIGHEST_ID)));
        entry.setOldPeers(List.of(Peers.peer(1)));
        entry.setLearners(List.of());

        byte[] record = EntryCodec.encode(entry);

        assertThat(EntryCodec.isData(record)).isFalse();
        assertThat(EntryCodec.decode(42, record)).isEqualTo(entry);
    }

    @Test
    void damageIsAnError() {
        assertThatThrownBy(() -> EntryCodec.decode(42, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("entry 42");
        assertThatThrownBy(() -> EntryCodec.decode(42, new byte[] {77, 0, 0, 0, 0, 0, 0, 0, 0}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown kind");
        byte[] configuration = EntryCodec.encode(entry(EntryType.ENTRY_TYPE_CONFIGURATION));
        assertThatThrownBy(() -> EntryCodec.decode(42, java.util.Arrays.copyOf(configuration, 12)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
    }

    @Test
    void aMarkSurvives() throws IOException {
        SnapshotMeta meta = SnapshotMeta.newBuilder()
                .setLastIncludedIndex(1L << 40)
                .setLastIncludedTerm(3)
                .addPeers(Peers.peer(HIGHEST_ID).toString())
                .addOldPeers(Peers.peer(1).toString())
                .addOldPeers(Peers.peer(2).toString())
                .addLearners(Peers.peer(3).toString())
                .build();
        assertThat(SnapshotMetaCodec.decode(SnapshotMetaCodec.encode(meta))).isEqualTo(meta);
        assertThatThrownBy(() -> SnapshotMetaCodec.decode(new byte[] {9})).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SnapshotMetaCodec.decode(new byte[] {1, 2})).isInstanceOf(IOException.class);
    }

    @Test
    void memberIdsKeepAll64Bits() {
        assertThat(Peers.memberId(Peers.peer(HIGHEST_ID))).isEqualTo(HIGHEST_ID);
        assertThat(Peers.peer(0x8e9e05c52164694dL)).hasToString("8e9e05c52164694d:1");
    }
}
