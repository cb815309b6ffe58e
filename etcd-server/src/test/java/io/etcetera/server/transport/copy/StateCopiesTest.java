package io.etcetera.server.transport.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.transport.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StateCopiesTest {
    private final ApplyHarness leader;
    private final StateCopies copies;

    StateCopiesTest(@TempDir Path directory) {
        leader = new ApplyHarness(directory);
        copies = new StateCopies(leader.backend, leader.time);
    }

    @AfterEach
    void close() {
        leader.close();
    }

    @Test
    void oneCopyServesAllUntilNobodyWantsItForAWhile() throws Exception {
        leader.put("a", "1");
        assertThat(copies.areGiven()).isFalse();
        long index = leader.applied.getAsLong();
        StateSource.Copy first = copies.open(index, "");
        leader.put("b", "2");
        StateSource.Copy second = copies.open(index, first.id());
        assertThat(second.id()).isEqualTo(first.id());
        first.close();
        leader.time.advance(StateCopies.KEPT);
        copies.tick();
        second.close();
        copies.tick();
        try (StateSource.Copy again = copies.open(index, "")) {
            assertThat(again.id()).isEqualTo(first.id());
        }
        assertThat(leader.backend.openReads()).isEqualTo(1);
        assertThat(copies.areGiven()).isTrue();
        leader.time.advance(StateCopies.KEPT);
        copies.tick();
        assertThat(leader.backend.openReads()).isZero();
        assertThat(copies.areGiven()).isFalse();
        try (StateSource.Copy newer = copies.open(index, "")) {
            assertThat(newer.id()).isNotEqualTo(first.id());
        }
        assertThatThrownBy(() -> copies.open(index + 2, "")).isInstanceOf(IOException.class);
    }

    @Test
    void aCopyThatDoesNotReachFarEnoughIsReplaced() throws Exception {
        leader.put("a", "1");
        StateSource.Copy first = copies.open(1, "");
        leader.put("b", "2");
        try (StateSource.Copy second = copies.open(leader.applied.getAsLong(), first.id())) {
            assertThat(second.id()).isNotEqualTo(first.id());
            // Who reads the old one is not disturbed.
            first.read(ByteBuffer.allocate((int) first.length()));
        }
        first.close();
        leader.time.advance(Duration.ofHours(1));
        copies.tick();
        assertThat(leader.backend.openReads()).isZero();
    }
}
