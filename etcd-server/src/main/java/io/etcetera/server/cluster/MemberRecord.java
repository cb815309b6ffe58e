package io.etcetera.server.cluster;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.RaftAttributes;
import io.etcetera.server.text.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A member as it is written down. In bucket {@code members}: its ID in hex as the key, JSON as etcd writes it as the value;
 * fields that are empty are left out, except peer URLs. In the log: the message of etcd's that has its attributes in two parts.
 */
public final class MemberRecord {
    private MemberRecord() {}

    static byte[] key(long memberId) {
        return MemberIds.toText(memberId).getBytes(StandardCharsets.UTF_8);
    }

    static long idOf(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new CorruptStoreException("a key of bucket members_removed is not a member's ID: " + text, e);
        }
    }

    /** The message that the log holds of a member. */
    public static io.etcetera.proto.membershippb.Member toReplicated(Member member) {
        return io.etcetera.proto.membershippb.Member.newBuilder()
                .setID(member.getID())
                .setRaftAttributes(RaftAttributes.newBuilder()
                        .addAllPeerUrls(member.getPeerURLsList())
                        .setIsLearner(member.getIsLearner()))
                .setMemberAttributes(
                        Attributes.newBuilder().setName(member.getName()).addAllClientUrls(member.getClientURLsList()))
                .build();
    }

    static Member fromReplicated(io.etcetera.proto.membershippb.Member member) {
        return Member.newBuilder()
                .setID(member.getID())
                .addAllPeerURLs(member.getRaftAttributes().getPeerUrlsList())
                .setIsLearner(member.getRaftAttributes().getIsLearner())
                .setName(member.getMemberAttributes().getName())
                .addAllClientURLs(member.getMemberAttributes().getClientUrlsList())
                .build();
    }

    static byte[] encode(Member member) {
        StringBuilder json = new StringBuilder("{\"id\":")
                .append(Long.toUnsignedString(member.getID()))
                .append(",\"peerURLs\":")
                .append(array(member.getPeerURLsList()));
        if (member.getIsLearner()) {
            json.append(",\"isLearner\":true");
        }
        if (!member.getName().isEmpty()) {
            json.append(",\"name\":").append(Json.quote(member.getName()));
        }
        if (member.getClientURLsCount() > 0) {
            json.append(",\"clientURLs\":").append(array(member.getClientURLsList()));
        }
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Who votes and who learns, as etcd writes down the configuration of its log. */
    static byte[] confState(Collection<Member> members) {
        String learners = ids(members.stream().filter(Member::getIsLearner));
        String json = "{\"voters\":" + ids(members.stream().filter(member -> !member.getIsLearner()))
                + (learners.equals("[]") ? "" : ",\"learners\":" + learners) + ",\"auto_leave\":false}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String ids(Stream<Member> members) {
        return members.map(member -> Long.toUnsignedString(member.getID())).collect(Collectors.joining(",", "[", "]"));
    }

    private static String array(List<String> values) {
        return values.stream().map(Json::quote).collect(Collectors.joining(",", "[", "]"));
    }

    static Member decode(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            return of(Json.parseObject(text));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new CorruptStoreException("a value of bucket members is not a member: " + text, e);
        }
    }

    /** @throws IllegalArgumentException or ClassCastException if it is not a member */
    static Member of(Map<String, Object> json) {
        return Member.newBuilder()
                .setID(id((BigInteger) json.getOrDefault("id", BigInteger.ZERO)))
                .addAllPeerURLs(strings(json.get("peerURLs")))
                .setIsLearner(Boolean.TRUE.equals(json.get("isLearner")))
                .setName((String) json.getOrDefault("name", ""))
                .addAllClientURLs(strings(json.get("clientURLs")))
                .build();
    }

    private static long id(BigInteger id) {
        if (id.signum() < 0 || id.bitLength() > Long.SIZE) {
            throw new IllegalArgumentException("not an ID: " + id);
        }
        return id.longValue();
    }

    private static List<String> strings(@Nullable Object array) {
        return array == null
                ? List.of()
                : ((List<?>) array).stream().map(String.class::cast).toList();
    }
}
