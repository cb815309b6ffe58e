package io.etcetera.server.cluster;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.proto.etcdserverpb.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A member as it is in bucket {@code members}: its ID in hex as the key, JSON as etcd writes it as the value. Fields that
 * are empty are left out, except peer URLs.
 */
final class MemberRecord {
    private MemberRecord() {}

    static byte[] key(long memberId) {
        return MemberIds.toText(memberId).getBytes(StandardCharsets.UTF_8);
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
                .setID((Long) json.getOrDefault("id", 0L))
                .addAllPeerURLs(strings(json.get("peerURLs")))
                .setIsLearner(Boolean.TRUE.equals(json.get("isLearner")))
                .setName((String) json.getOrDefault("name", ""))
                .addAllClientURLs(strings(json.get("clientURLs")))
                .build();
    }

    private static List<String> strings(@Nullable Object array) {
        return array == null
                ? List.of()
                : ((List<?>) array).stream().map(String.class::cast).toList();
    }
}
