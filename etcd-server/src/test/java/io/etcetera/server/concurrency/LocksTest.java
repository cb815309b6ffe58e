package io.etcetera.server.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.EtcdError;
import io.etcetera.server.concurrency.ConcurrencyHarness.Locking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocksTest {
    private ConcurrencyHarness harness;

    @BeforeEach
    void open(@TempDir Path directory) {
        harness = new ConcurrencyHarness(directory);
        harness.grant(0xabc, 0xdef, 0x123);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void aFreeLockTakesOneTransaction() {
        Locking first = harness.lock("name", 0xabc);
        assertThat(first.key()).isEqualTo("name/abc");
        assertThat(first.revision()).isEqualTo(2);
        assertThat(harness.member.everything()).containsExactly("name/abc=");
        assertThat(harness.lock("", 0xabc).key()).isEqualTo("/abc");
    }

    @Test
    void theOwnerGetsItAgain() {
        harness.lock("name", 0xabc);
        Locking again = harness.lock("name", 0xabc);
        assertThat(again.key()).isEqualTo("name/abc");
        assertThat(again.revision()).isEqualTo(2);
    }

    @Test
    void withoutALeaseOneIsGranted() {
        Locking locking = harness.lock("name", 0);
        List<Long> granted = new ArrayList<>(harness.member.leases.leaseIds());
        granted.removeAll(List.of(0xabcL, 0xdefL, 0x123L));
        assertThat(granted).hasSize(1);
        assertThat(locking.key()).isEqualTo("name/" + Long.toHexString(granted.get(0)));
    }

    @Test
    void aLeaseThatIsNotThereIsRefused() {
        assertThat(harness.lock("name", 0x999).answer().error()).isEqualTo(EtcdError.LEASE_NOT_FOUND);
        assertThat(harness.lock("name", -1).answer().error()).isEqualTo(EtcdError.LEASE_NOT_FOUND);
    }

    @Test
    void theNextInLineIsToldWhenTheOwnerLeaves() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        Locking third = harness.lock("name", 0x123);
        assertThat(second.answer().isGiven()).isFalse();

        assertThat(harness.unlock("name/abc").result().getHeader().getRevision())
                .isEqualTo(5);
        assertThat(second.key()).isEqualTo("name/def");
        assertThat(second.revision()).isEqualTo(5);
        assertThat(third.answer().isGiven()).isFalse();

        harness.unlock("name/def");
        assertThat(third.revision()).isEqualTo(6);
    }

    @Test
    void aNeighbourWithTheSameBeginningDoesNotCount() {
        harness.lock("name", 0xabc);
        harness.lock("name0", 0xabc);
        assertThat(harness.lock("nam", 0xdef).answer().isGiven()).isTrue();
        assertThat(harness.lock("name0/x", 0xdef).answer().isGiven()).isTrue();
    }

    @Test
    void whoWaitsBehindOneThatGivesUpGoesOnWaiting() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        Locking third = harness.lock("name", 0x123);

        second.operation().cancel();
        harness.settle();
        assertThat(second.answer().error()).isEqualTo(EtcdError.CANCELED);
        assertThat(third.answer().isGiven()).isFalse();
        assertThat(harness.member.everything()).containsExactly("name/123=", "name/abc=");

        harness.unlock("name/abc");
        assertThat(third.answer().isGiven()).isTrue();
    }

    @Test
    void theAnswerToACancelComesWhenTheKeyIsGone() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        second.operation().cancel();
        second.operation().cancel();
        harness.runTasks();
        assertThat(second.answer().isGiven()).isFalse();
        harness.settle();
        assertThat(second.answer().error()).isEqualTo(EtcdError.CANCELED);
    }

    @Test
    void cancellingWhileTheKeyIsOnItsWayLeavesItToItsLease() {
        Locking entering = harness.enter("name", 0xabc);
        entering.operation().cancel();
        assertThat(entering.answer().error()).isEqualTo(EtcdError.CANCELED);
        harness.settle();
        assertThat(harness.member.everything()).containsExactly("name/abc=");
    }

    @Test
    void cancellingAfterTheAnswerChangesNothing() {
        Locking owner = harness.lock("name", 0xabc);
        owner.operation().cancel();
        harness.settle();
        assertThat(harness.member.everything()).containsExactly("name/abc=");
    }

    @Test
    void cancellingWhileTheTurnIsConfirmedDeletesTheKey() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        harness.holdReads = true;
        harness.unlock("name/abc");
        assertThat(harness.heldReads).hasSize(1);
        harness.heldReads.remove(0).run();
        harness.settle();
        assertThat(harness.heldReads).as("the look at its own key").hasSize(1);

        second.operation().cancel();
        harness.heldReads.remove(0).run();
        harness.settle();
        assertThat(second.answer().error()).isEqualTo(EtcdError.CANCELED);
        assertThat(harness.member.everything()).isEmpty();
    }

    @Test
    void whoseLeaseEndsWhileWaitingIsToldWhenTheLockIsFree() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        harness.revoke(0xdef);
        assertThat(second.answer().isGiven()).isFalse();
        harness.unlock("name/abc");
        assertThat(second.answer().error()).isEqualTo(EtcdError.SESSION_EXPIRED);
    }

    @Test
    void theLockIsFreeWhenTheOwnersLeaseEnds() {
        harness.lock("name", 0xabc);
        Locking second = harness.lock("name", 0xdef);
        harness.revoke(0xabc);
        assertThat(second.key()).isEqualTo("name/def");
    }

    @Test
    void aThousandWaitInLine() {
        long[] leases = LongStream.rangeClosed(0x1000, 0x1000 + 999).toArray();
        harness.grant(leases);
        List<Locking> all = new ArrayList<>();
        for (long lease : leases) {
            all.add(harness.enter("name", lease));
        }
        harness.settle();
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).answer().isGiven()).as("number %d", i).isTrue();
            assertThat(i + 1 < all.size() && all.get(i + 1).answer().isGiven())
                    .as("behind number %d", i)
                    .isFalse();
            harness.unlock(all.get(i).key());
        }
    }

    @Test
    void unlockingWantsAKeyAndIsContentIfItIsGone() {
        assertThat(harness.unlock("").error()).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(harness.unlock("name/abc").result().getHeader().getRevision())
                .isEqualTo(1);
    }

    @Test
    void aFullStoreTakesNoMoreContenders(@TempDir Path other) {
        try (ConcurrencyHarness full = new ConcurrencyHarness(other, 1)) {
            String large = "n".repeat(1 << 17);
            assertThat(full.lock(large, 0).answer().error()).isEqualTo(EtcdError.NO_SPACE);
            assertThat(full.lock("name", 0xabc).answer().error()).isEqualTo(EtcdError.NO_SPACE);
        }
    }
}
