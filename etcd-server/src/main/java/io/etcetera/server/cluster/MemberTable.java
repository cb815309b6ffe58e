package io.etcetera.server.cluster;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.OwnKeys;
import io.etcetera.proto.etcdserverpb.Member;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Members present and past, kept in the buckets {@code members} and {@code members_removed} as etcd keeps them. Written by
 * one thread, inside an entry of the backend; what others see is replaced as a whole.
 */
public final class MemberTable {
    private static final byte[] REMOVED = "removed".getBytes(StandardCharsets.UTF_8);
    private static final byte[] YES = {1};

    private final Backend backend;
    private volatile View view;

    /** Loads what is in the backend. */
    public MemberTable(Backend backend) {
        this.backend = backend;
        this.view = read();
    }

    /**
     * The table at one moment; immutable.
     *
     * @param members by ID, in the order of unsigned numbers
     * @param removed IDs that never come back
     * @param founded whether the log has said who the first members are
     */
    record View(Map<Long, Member> members, Set<Long> removed, boolean founded) {
        @Nullable
        Member member(long id) {
            return members.get(id);
        }
    }

    View view() {
        return view;
    }

    /** Takes over what is in the backend by now. */
    void reload() {
        view = read();
    }

    private View read() {
        Map<Long, Member> members = new TreeMap<>(Long::compareUnsigned);
        backend.forEach(Bucket.MEMBERS, (key, value) -> {
            Member member = MemberRecord.decode(value);
            members.put(member.getID(), member);
        });
        Set<Long> removed = new TreeSet<>(Long::compareUnsigned);
        backend.forEach(Bucket.MEMBERS_REMOVED, (key, value) -> removed.add(MemberRecord.idOf(key)));
        return of(members, removed, backend.get(Bucket.CLUSTER, OwnKeys.founded()) != null);
    }

    private static View of(Map<Long, Member> members, Set<Long> removed, boolean founded) {
        return new View(Collections.unmodifiableMap(members), Collections.unmodifiableSet(removed), founded);
    }

    /** Adds a member, or puts it in the place of what was there. */
    void put(Member member) {
        backend.put(Bucket.MEMBERS, MemberRecord.key(member.getID()), MemberRecord.encode(member));
        Map<Long, Member> members = members();
        members.put(member.getID(), member);
        view = of(members, view.removed(), view.founded());
        putConfState();
    }

    /** Removes a member for good. */
    void remove(long id) {
        byte[] key = MemberRecord.key(id);
        backend.delete(Bucket.MEMBERS, key);
        backend.put(Bucket.MEMBERS_REMOVED, key, REMOVED);
        Map<Long, Member> members = members();
        members.remove(id);
        Set<Long> removed = new TreeSet<>(Long::compareUnsigned);
        removed.addAll(view.removed());
        removed.add(id);
        view = of(members, removed, view.founded());
        putConfState();
    }

    /** Takes the members that are there for those that the log has named. */
    static void markFounded(Backend backend) {
        backend.put(Bucket.CLUSTER, OwnKeys.founded(), YES);
    }

    /** Makes these the members, whoever was there before: that was an assumption. */
    public void found(Collection<Member> first) {
        view.members().keySet().forEach(id -> backend.delete(Bucket.MEMBERS, MemberRecord.key(id)));
        first.forEach(
                member -> backend.put(Bucket.MEMBERS, MemberRecord.key(member.getID()), MemberRecord.encode(member)));
        backend.put(Bucket.CLUSTER, OwnKeys.founded(), YES);
        Map<Long, Member> members = new TreeMap<>(Long::compareUnsigned);
        first.forEach(member -> members.put(member.getID(), member));
        view = of(members, view.removed(), true);
        putConfState();
    }

    /** Who votes, once more, where etcd keeps it and looks for it. Nothing here reads it. */
    private void putConfState() {
        backend.put(
                Bucket.META,
                MetaKeys.CONF_STATE.key(),
                MemberRecord.confState(view.members().values()));
    }

    private Map<Long, Member> members() {
        Map<Long, Member> members = new TreeMap<>(Long::compareUnsigned);
        members.putAll(view.members());
        return members;
    }
}
