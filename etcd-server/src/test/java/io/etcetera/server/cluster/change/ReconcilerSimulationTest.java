package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members come and go, are promoted, crash and start, leaders change and changes of the group fail in every way, in random
 * order. When all that is over, the group is the membership; and at no time does a member vote that has never run.
 */
class ReconcilerSimulationTest {
    private static final int STEPS = 3_000;
    private static final int MOST_MEMBERS = 7;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final List<Kind> FAILURES =
            List.of(Kind.UNKNOWN, Kind.CHANGING, Kind.NOT_CAUGHT_UP, Kind.BUSY, Kind.NOT_LEADER);

    private final ManualTime time = new ManualTime();
    private final FakeGroup group = new FakeGroup(1, 2, 3);
    private final Map<Long, Member> wanted = new TreeMap<>();
    private final Map<Long, FakeMembership> memberships = new TreeMap<>();
    private final Map<Long, Reconciler> reconcilers = new TreeMap<>();
    private final Set<Long> everRun = new HashSet<>(Set.of(1L, 2L, 3L));
    private long lastId;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theGroupBecomesTheMembership(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            add(false);
        }
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(8)) {
                case 0 -> change(random);
                case 1 -> startOrCrash(random);
                case 2 -> elect(random);
                case 3 -> time.advance(RETRY_DELAY.dividedBy(2));
                case 4, 5 -> endTheChange(random);
                default -> tick();
            }
            assertThat(everRun).as("seed %s, step %s", seed, i).containsAll(group.voters);
        }
        settle();
        assertThat(group.voters).as("voters with seed %s", seed).isEqualTo(ids(false));
        assertThat(group.learners).as("learners with seed %s", seed).isEqualTo(ids(true));
    }

    private void tick() {
        boolean idle = group.pending == null;
        reconcilers.values().forEach(Reconciler::tick);
        if (idle && group.pending != null) {
            MemberChange begun = group.begun().change();
            assertThat(begun instanceof MemberChange.Remove)
                    .as("%s, of members %s", begun, wanted.keySet())
                    .isEqualTo(!wanted.containsKey(begun.memberId()));
        }
    }

    private void settle() {
        if (group.pending != null) {
            group.finish();
        }
        for (long id : wanted.keySet()) {
            start(id);
        }
        for (int i = 0; i < 20 * MOST_MEMBERS; i++) {
            time.advance(RETRY_DELAY);
            tick();
            if (group.pending != null) {
                group.finish();
            }
        }
    }

    private Set<Long> ids(boolean learners) {
        return wanted.values().stream()
                .filter(member -> member.getIsLearner() == learners)
                .map(Member::getID)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void change(Random random) {
        int kind = random.nextInt(3);
        if (kind == 0 && wanted.size() < MOST_MEMBERS) {
            add(random.nextBoolean());
        } else if (kind == 1 && ids(false).size() > 1) {
            remove(any(random, wanted.keySet()));
        } else if (kind == 2 && !ids(true).isEmpty()) {
            long id = any(random, ids(true));
            put(Member.newBuilder().setID(id).build());
        }
    }

    private void add(boolean learner) {
        lastId++;
        FakeMembership membership = new FakeMembership(lastId, wanted.values());
        memberships.put(lastId, membership);
        reconcilers.put(lastId, new Reconciler(membership, group.node(lastId), RETRY_DELAY, time));
        put(Member.newBuilder().setID(lastId).setIsLearner(learner).build());
    }

    private void put(Member member) {
        wanted.put(member.getID(), member);
        memberships.values().forEach(membership -> membership.put(member));
    }

    /** Of voters, only one that leaves another that is up and listed: the checks of a real server see to that. */
    private void remove(long id) {
        Set<Long> left = new TreeSet<>(ids(false));
        left.remove(id);
        left.retainAll(group.voters);
        left.retainAll(group.running);
        if (!left.isEmpty()) {
            wanted.remove(id);
            memberships.values().forEach(membership -> membership.remove(id));
        }
    }

    private void startOrCrash(Random random) {
        long id = any(random, wanted.keySet());
        if (!group.running.contains(id)) {
            start(id);
        } else if (id != group.leader && group.running.size() > 2) {
            group.running.remove(id);
        }
    }

    private void start(long id) {
        group.running.add(id);
        everRun.add(id);
    }

    private void elect(Random random) {
        Set<Long> candidates = new TreeSet<>(group.voters);
        candidates.retainAll(group.running);
        if (candidates.isEmpty()) {
            return;
        }
        if (group.pending != null) {
            loseTheChange(random);
        }
        candidates.retainAll(group.voters);
        if (!candidates.isEmpty()) {
            group.elect(any(random, candidates));
        }
    }

    /** The leader is gone while it changes the group: it may have come to pass all the same. */
    private void loseTheChange(Random random) {
        if (random.nextBoolean()) {
            group.finish();
        } else {
            group.fail(Kind.UNKNOWN);
        }
    }

    private void endTheChange(Random random) {
        if (group.pending == null) {
            return;
        }
        if (random.nextInt(3) > 0) {
            group.finish();
        } else {
            group.fail(FAILURES.get(random.nextInt(FAILURES.size())));
        }
    }

    private static long any(Random random, Set<Long> ids) {
        return new ArrayList<>(ids).get(random.nextInt(ids.size()));
    }
}
