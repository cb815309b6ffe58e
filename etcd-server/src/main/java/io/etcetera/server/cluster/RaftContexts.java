package io.etcetera.server.cluster;

import com.google.protobuf.ByteString;
import io.etcetera.proto.clusterpb.LearnerPromotion;
import io.etcetera.proto.clusterpb.MemberAddition;
import io.etcetera.proto.clusterpb.MemberRemoval;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.clusterpb.PeerUrlsUpdate;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.proto.membershippb.RaftAttributes;
import io.etcetera.proto.raftpb.ConfChange;
import io.etcetera.proto.raftpb.ConfChangeType;
import io.etcetera.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What entries in the log of the Go etcd say about members, as this server says it, and the other way round. There a change of members is a raft entry of a kind
 * of its own, with a member in JSON beside it.
 */
public final class RaftContexts {
    private RaftContexts() {}

    /**
     * A change of members.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static MembershipChange toMembershipChange(ConfChange change) {
        MembershipChange.Builder result = MembershipChange.newBuilder();
        long id = change.getNodeId();
        switch (change.getType()) {
            case ConfChangeAddNode, ConfChangeAddLearnerNode -> {
                Map<String, Object> json = parse(change);
                if (Boolean.TRUE.equals(json.get("isPromote"))) {
                    result.setPromotion(LearnerPromotion.newBuilder().setMemberID(id));
                } else {
                    Member member = memberOf(json);
                    result.setAddition(MemberAddition.newBuilder()
                            .setMemberID(id)
                            .setRaftAttributes(RaftAttributes.newBuilder()
                                    .addAllPeerUrls(member.getPeerURLsList())
                                    .setIsLearner(member.getIsLearner()))
                            // It was decided there already how many are too many.
                            .setMaxLearners(Integer.MAX_VALUE));
                }
            }
            case ConfChangeRemoveNode ->
                result.setRemoval(MemberRemoval.newBuilder().setMemberID(id));
            case ConfChangeUpdateNode ->
                result.setUpdate(PeerUrlsUpdate.newBuilder()
                        .setMemberID(id)
                        .addAllPeerUrls(memberOf(parse(change)).getPeerURLsList()));
            case UNRECOGNIZED ->
                throw new IllegalArgumentException("a change of members of unknown type " + change.getTypeValue());
        }
        return result.build();
    }

    /** The change of members that etcd has for one of this server's; empty for what it has none for. */
    public static Optional<ConfChange> toConfChange(MembershipChange change) {
        return switch (change.getChangeCase()) {
            case ADDITION -> {
                MemberAddition addition = change.getAddition();
                RaftAttributes attributes = addition.getRaftAttributes();
                yield Optional.of(confChange(
                        attributes.getIsLearner()
                                ? ConfChangeType.ConfChangeAddLearnerNode
                                : ConfChangeType.ConfChangeAddNode,
                        Member.newBuilder()
                                .setID(addition.getMemberID())
                                .addAllPeerURLs(attributes.getPeerUrlsList())
                                .setIsLearner(attributes.getIsLearner())
                                .build(),
                        false));
            }
            case PROMOTION ->
                Optional.of(confChange(
                        ConfChangeType.ConfChangeAddNode,
                        idOnly(change.getPromotion().getMemberID()),
                        true));
            case REMOVAL ->
                Optional.of(confChange(
                        ConfChangeType.ConfChangeRemoveNode,
                        idOnly(change.getRemoval().getMemberID()),
                        false));
            case UPDATE ->
                Optional.of(confChange(
                        ConfChangeType.ConfChangeUpdateNode,
                        idOnly(change.getUpdate().getMemberID()).toBuilder()
                                .addAllPeerURLs(change.getUpdate().getPeerUrlsList())
                                .build(),
                        false));
            // Who the first members are stands in the store already.
            case FOUNDING, CHANGE_NOT_SET -> Optional.empty();
        };
    }

    private static Member idOnly(long id) {
        return Member.newBuilder().setID(id).build();
    }

    private static ConfChange confChange(ConfChangeType type, Member member, boolean promote) {
        String json = new String(MemberRecord.encode(member), StandardCharsets.UTF_8);
        String context = json.substring(0, json.length() - 1) + ",\"isPromote\":" + promote + "}";
        return ConfChange.newBuilder()
                .setType(type)
                .setNodeId(member.getID())
                .setContext(ByteString.copyFromUtf8(context))
                .build();
    }

    private static Map<String, Object> parse(ConfChange change) {
        return Json.parseObject(change.getContext().toString(StandardCharsets.UTF_8));
    }

    private static Member memberOf(Map<String, Object> json) {
        try {
            return MemberRecord.of(json);
        } catch (ClassCastException e) {
            throw new IllegalArgumentException("not a member: " + json, e);
        }
    }

    /**
     * What a member publishes about itself.
     *
     * @param json with fields name and clientURLs
     * @throws IllegalArgumentException if it cannot be read
     */
    public static ClusterMemberAttrSetRequest toAttributes(long memberId, String json) {
        Member member = memberOf(Json.parseObject(json));
        return ClusterMemberAttrSetRequest.newBuilder()
                .setMemberID(memberId)
                .setMemberAttributes(
                        Attributes.newBuilder().setName(member.getName()).addAllClientUrls(member.getClientURLsList()))
                .build();
    }
}
