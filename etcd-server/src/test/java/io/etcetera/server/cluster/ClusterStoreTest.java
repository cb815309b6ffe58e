package io.etcetera.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.LearnerPromotion;
import io.etcetera.proto.clusterpb.MemberAddition;
import io.etcetera.proto.clusterpb.MemberRemoval;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.clusterpb.PeerUrlsUpdate;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.proto.etcdserverpb.MemberRemoveResponse;
import io.etcetera.proto.etcdserverpb.MemberUpdateResponse;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.proto.membershippb.RaftAttributes;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterStoreTest {
    private static final Identity IDENTITY = new Identity(1, 99);
    private static final int ONE_LEARNER = 1;

    private final Path file;
    private Backend backend;
    private ClusterStore store;
    private int changes;

    ClusterStoreTest(@TempDir Path directory) throws EtcdException {
        file = directory.resolve("store.mdb");
        backend = LmdbStore.open(file, BackendOptions.DEFAULT);
        store = new ClusterStore(IDENTITY, backend);
        found(voter(1), voter(2));
        store.onChange(() -> changes++);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void addsRemovesUpdatesAndPromotes() throws EtcdException {
        MemberAddResponse added = (MemberAddResponse) add(3, true, "http://c:1", "http://d:1");
        Member learner = learner(3).toBuilder()
                .clearPeerURLs()
                .addPeerURLs("http://c:1")
                .addPeerURLs("http://d:1")
                .build();
        assertThat(added)
                .isEqualTo(MemberAddResponse.newBuilder()
                        .setMember(learner)
                        .addMembers(voter(1))
                        .addMembers(voter(2))
                        .addMembers(learner)
                        .build());
        MemberUpdateResponse updated = (MemberUpdateResponse) update(3, "http://c:1");
        assertThat(updated.getMembers(2).getPeerURLsList()).containsExactly("http://c:1");
        MemberPromoteResponse promoted = (MemberPromoteResponse) promote(3);
        assertThat(promoted.getMembers(2).getIsLearner()).isFalse();
        MemberRemoveResponse removed = (MemberRemoveResponse) remove(2);
        assertThat(removed.getMembersList()).isEqualTo(store.members());
        assertThat(store.members()).extracting(Member::getID).containsExactly(1L, 3L);
        assertThat(store.isRemoved(2)).isTrue();
        assertThat(store.member(2)).isEmpty();
        assertThat(changes).isEqualTo(4);
    }

    @Test
    void sortsAsUnsignedNumbers() throws EtcdException {
        add(-5, false, "http://x:1");
        add(3, false, "http://y:1");
        assertThat(store.members()).extracting(Member::getID).containsExactly(1L, 2L, 3L, -5L);
    }

    @Test
    void refusesWhatIsThereAlready() {
        assertRefused(EtcdError.MEMBER_EXISTS, () -> add(2, false, "http://new:1"));
        assertRefused(EtcdError.PEER_URL_EXISTS, () -> add(3, false, "http://new:1", url(2)));
        assertRefused(EtcdError.PEER_URL_EXISTS, () -> update(1, url(2)));
    }

    @Test
    void keepsItsOwnUrls() throws EtcdException {
        update(1, url(1), "http://more:1");
        assertThat(store.member(1).orElseThrow().getPeerURLsList()).containsExactly(url(1), "http://more:1");
        // Nothing is checked but whose they are, not even that there are any.
        update(1);
        assertThat(store.member(1).orElseThrow().getPeerURLsList()).isEmpty();
    }

    @Test
    void refusesWhatIsNotThere() {
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> remove(7));
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> update(7, "http://x:1"));
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> promote(7));
        assertRefused(EtcdError.MEMBER_NOT_LEARNER, () -> promote(2));
    }

    @Test
    void theRequestSaysHowManyLearnersThereMayBe() throws EtcdException {
        add(3, true, "http://c:1");
        assertRefused(EtcdError.TOO_MANY_LEARNERS, () -> add(4, true, "http://d:1"));
        add(5, false, "http://e:1");
        change(addition(4, true, 2, "http://d:1"));
        assertRefused(EtcdError.TOO_MANY_LEARNERS, () -> change(addition(6, true, -1, "http://f:1")));
    }

    @Test
    void aRemovedIdNeverComesBack() throws EtcdException {
        remove(2);
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> remove(2));
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> add(2, false, "http://new:1"));
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> update(2, "http://new:1"));
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> promote(2));
        // Its URLs are free.
        add(3, false, url(2));
        // What it publishes comes too late, and harms nobody.
        publish(2, "late");
        assertThat(store.member(2)).isEmpty();
    }

    @Test
    void refusedChangesChangeNothing() {
        List<Member> before = store.members();
        assertRefused(EtcdError.MEMBER_EXISTS, () -> add(2, true, "http://new:1"));
        assertThat(store.members()).isEqualTo(before);
        assertThat(changes).isZero();
    }

    @Test
    void isThereAfterARestart() throws EtcdException {
        add(3, true, "http://c:1");
        publish(1, "one");
        remove(2);
        List<Member> before = store.members();
        restart();
        assertThat(store.members()).isEqualTo(before);
        assertThat(store.member(1).map(Member::getName)).isEqualTo(Optional.of("one"));
        assertThat(store.isRemoved(2)).isTrue();
        assertThat(store.isFounded()).isTrue();
        assertRefused(EtcdError.MEMBER_NOT_FOUND, () -> add(2, false, "http://new:1"));
    }

    @Test
    void isKeptAsEtcdKeepsIt() throws EtcdException {
        add(0xab, false, "http://c:1");
        remove(0xab);
        assertThat(texts(Bucket.MEMBERS_REMOVED)).containsExactly("ab=removed");
        assertThat(texts(Bucket.MEMBERS))
                .containsExactly(
                        "1={\"id\":1,\"peerURLs\":[\"http://m1:2380\"]}",
                        "2={\"id\":2,\"peerURLs\":[\"http://m2:2380\"]}");
    }

    @Test
    void theFoundingReplacesWhatWasAssumed(@TempDir Path directory) throws EtcdException {
        try (Backend empty = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT)) {
            ClusterStore joining = new ClusterStore(new Identity(5, 99), empty);
            inEntry(empty, () -> {
                new MemberTable(empty).put(voter(5));
                return 0;
            });
            joining.reload();
            assertThat(joining.members()).containsExactly(voter(5));
            // Before it, nothing can be changed: whoever does not know the first members would do it differently.
            assertThatThrownBy(() -> inEntry(empty, () -> joining.change(removal(5))))
                    .hasMessage(EtcdError.UNHEALTHY.text());
            assertThatThrownBy(() -> inEntry(empty, () -> {
                        joining.setAttributes(attributes(5, "x"));
                        return 0;
                    }))
                    .hasMessage(EtcdError.UNHEALTHY.text());

            inEntry(empty, () -> joining.change(founding(voter(1), voter(2))));
            assertThat(joining.members()).containsExactly(voter(1), voter(2));
            // A second one says nothing new.
            inEntry(empty, () -> joining.change(founding(voter(7))));
            assertThat(joining.members()).containsExactly(voter(1), voter(2));
            assertThat(new ClusterStore(IDENTITY, empty).members()).isEqualTo(joining.members());
        }
    }

    @Test
    void takesOverAnotherStore() throws EtcdException {
        inEntry(backend, () -> {
            new MemberTable(backend).put(voter(8));
            return 0;
        });
        assertThat(store.member(8)).isEmpty();
        store.reload();
        assertThat(store.member(8)).isPresent();
        assertThat(changes).isEqualTo(1);
    }

    private void restart() {
        backend.close();
        backend = LmdbStore.open(file, BackendOptions.DEFAULT);
        store = new ClusterStore(IDENTITY, backend);
    }

    private interface Action<T> {
        T run() throws EtcdException;
    }

    private static <T> T inEntry(Backend backend, Action<T> action) throws EtcdException {
        backend.beginEntry();
        try {
            return action.run();
        } finally {
            backend.endEntry();
        }
    }

    private Message change(MembershipChange change) throws EtcdException {
        return inEntry(backend, () -> store.change(change));
    }

    private void found(Member... first) throws EtcdException {
        change(founding(first));
    }

    private Message add(long id, boolean learner, String... urls) throws EtcdException {
        return change(addition(id, learner, ONE_LEARNER, urls));
    }

    private Message remove(long id) throws EtcdException {
        return change(removal(id));
    }

    private Message update(long id, String... urls) throws EtcdException {
        return change(MembershipChange.newBuilder()
                .setUpdate(PeerUrlsUpdate.newBuilder().setMemberID(id).addAllPeerUrls(List.of(urls)))
                .build());
    }

    private Message promote(long id) throws EtcdException {
        return change(MembershipChange.newBuilder()
                .setPromotion(LearnerPromotion.newBuilder().setMemberID(id))
                .build());
    }

    private void publish(long id, String name) throws EtcdException {
        inEntry(backend, () -> {
            store.setAttributes(attributes(id, name));
            return 0;
        });
    }

    private static ClusterMemberAttrSetRequest attributes(long id, String name) {
        return ClusterMemberAttrSetRequest.newBuilder()
                .setMemberID(id)
                .setMemberAttributes(Attributes.newBuilder().setName(name).addClientUrls("http://client:1"))
                .build();
    }

    private static MembershipChange founding(Member... first) {
        Founding.Builder founding = Founding.newBuilder();
        for (Member member : first) {
            founding.addMembers(MemberRecord.toReplicated(member));
        }
        return MembershipChange.newBuilder().setFounding(founding).build();
    }

    private static MembershipChange addition(long id, boolean learner, int maxLearners, String... urls) {
        return MembershipChange.newBuilder()
                .setAddition(MemberAddition.newBuilder()
                        .setMemberID(id)
                        .setRaftAttributes(RaftAttributes.newBuilder()
                                .addAllPeerUrls(List.of(urls))
                                .setIsLearner(learner))
                        .setMaxLearners(maxLearners))
                .build();
    }

    private static MembershipChange removal(long id) {
        return MembershipChange.newBuilder()
                .setRemoval(MemberRemoval.newBuilder().setMemberID(id))
                .build();
    }

    private static Member voter(long id) {
        return Member.newBuilder().setID(id).addPeerURLs(url(id)).build();
    }

    private static Member learner(long id) {
        return voter(id).toBuilder().setIsLearner(true).build();
    }

    private static String url(long id) {
        return "http://m" + id + ":2380";
    }

    private List<String> texts(Bucket bucket) {
        List<String> texts = new ArrayList<>();
        backend.forEach(
                bucket,
                (key, value) -> texts.add(
                        new String(key, StandardCharsets.UTF_8) + "=" + new String(value, StandardCharsets.UTF_8)));
        return texts;
    }

    private static void assertRefused(EtcdError error, Action<?> action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        EtcdException.class, e -> assertThat(e.error()).isEqualTo(error));
    }
}
