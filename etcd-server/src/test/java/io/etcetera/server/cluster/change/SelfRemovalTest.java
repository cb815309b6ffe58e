package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.MemberRemovedException;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfRemovalTest {
    private final ManualTime time = new ManualTime();
    private final List<Throwable> stops = new ArrayList<>();

    private SelfRemoval of(FakeMembership membership, FakeGroup group) {
        return new SelfRemoval(membership, group.node(1), time, stops::add);
    }

    private void assertStopped() {
        assertThat(stops)
                .singleElement()
                .isInstanceOfSatisfying(
                        MemberRemovedException.class,
                        e -> assertThat(e).hasMessage("the member has been permanently removed from the cluster"));
    }

    @Test
    void stopsAMomentAfterTheGroupHasLetItGo() {
        FakeGroup group = new FakeGroup(1, 2, 3);
        FakeMembership membership = FakeMembership.ofVoters(1, 1, 2, 3);
        SelfRemoval removal = of(membership, group);
        removal.tick();
        membership.remove(1);
        removal.tick();
        group.voters.remove(1L);
        time.advanceMillis(999);
        removal.tick();
        assertThat(stops).isEmpty();
        time.advanceMillis(1);
        removal.tick();
        assertStopped();
    }

    /** Its vote may be what the others need to go on without it. */
    @Test
    void waitsForTheGroup() {
        FakeGroup group = new FakeGroup(1, 2);
        FakeMembership membership = FakeMembership.ofVoters(1, 1, 2);
        SelfRemoval removal = of(membership, group);
        membership.remove(1);
        removal.tick();
        time.advanceMillis(3_600_000);
        removal.tick();
        assertThat(stops).isEmpty();
        group.voters.remove(1L);
        removal.tick();
        assertStopped();
    }

    @Test
    void theLastMemberHasNobodyToWaitFor() {
        FakeGroup group = new FakeGroup(1);
        FakeMembership membership = FakeMembership.ofVoters(1, 1);
        SelfRemoval removal = of(membership, group);
        membership.remove(1);
        removal.tick();
        time.advanceMillis(1_000);
        removal.tick();
        assertStopped();
    }

    @Test
    void othersThatAreRemovedAreNoneOfItsBusiness() {
        FakeMembership membership = FakeMembership.ofVoters(1, 1, 2);
        SelfRemoval removal = of(membership, new FakeGroup(1, 2));
        membership.remove(2);
        removal.tick();
        time.advanceMillis(10_000);
        removal.tick();
        assertThat(stops).isEmpty();
    }
}
