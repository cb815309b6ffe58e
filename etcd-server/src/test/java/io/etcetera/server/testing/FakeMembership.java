package io.etcetera.server.testing;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.cluster.Membership;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Members that change when told. One thread. */
public final class FakeMembership implements Membership {
    public static final long CLUSTER_ID = 7;

    private final long memberId;
    private final Map<Long, Member> members = new TreeMap<>(Long::compareUnsigned);
    private final Set<Long> removed = new HashSet<>();

    public FakeMembership(long memberId, Collection<Member> members) {
        this.memberId = memberId;
        members.forEach(this::put);
    }

    /** Voters that have been started, with these IDs and names after them. */
    public static FakeMembership ofVoters(long memberId, long... ids) {
        FakeMembership membership = new FakeMembership(memberId, List.of());
        for (long id : ids) {
            membership.put(Member.newBuilder().setID(id).setName("m" + id).build());
        }
        return membership;
    }

    public void put(Member member) {
        members.put(member.getID(), member);
    }

    public void remove(long id) {
        members.remove(id);
        removed.add(id);
    }

    @Override
    public long clusterId() {
        return CLUSTER_ID;
    }

    @Override
    public long memberId() {
        return memberId;
    }

    @Override
    public List<Member> members() {
        return List.copyOf(members.values());
    }

    @Override
    public boolean isRemoved(long id) {
        return removed.contains(id);
    }

    @Override
    public void onChange(Runnable listener) {
        throw new UnsupportedOperationException("nobody is told of changes here");
    }
}
