package io.etcetera.server.cluster;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdVersion;
import io.etcetera.server.text.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON that members give each other over plain HTTP, as etcd writes it. */
public final class PeerJson {
    private PeerJson() {}

    /** Members as in {@code GET /members}. */
    public static String members(List<Member> members) {
        return members.stream()
                .map(member -> new String(MemberRecord.encode(member), StandardCharsets.UTF_8))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * Reads what {@link #members} writes.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static List<Member> parseMembers(String text) {
        if (Json.parseObject("{\"members\":" + text + "}").get("members") instanceof List<?> array) {
            try {
                return array.stream().map(PeerJson::member).toList();
            } catch (ClassCastException e) {
                throw new IllegalArgumentException("not members: " + text, e);
            }
        }
        throw new IllegalArgumentException("not a list of members: " + text);
    }

    @SuppressWarnings("unchecked") // an object's names are strings, and what the values are is looked at
    private static Member member(Object json) {
        if (json instanceof Map<?, ?> object) {
            return MemberRecord.of((Map<String, Object>) object);
        }
        throw new IllegalArgumentException("not a member: " + json);
    }

    /** Versions as in {@code GET /version}. */
    public static String versions(VersionView versions) {
        return "{\"etcdserver\":" + Json.quote(EtcdVersion.SERVER) + ",\"etcdcluster\":"
                + Json.quote(versions.cluster().orElse("not_decided")) + ",\"storage\":"
                + Json.quote(versions.storage().orElse("unknown")) + "}";
    }

    /**
     * The cluster's version out of what {@link #versions} writes.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static String parseClusterVersion(String text) {
        if (Json.parseObject(text).get("etcdcluster") instanceof String version) {
            return version;
        }
        throw new IllegalArgumentException("no cluster version: " + text);
    }

    /**
     * The revision that {@code GET /members/hashkv} asks for; 0 if it names none.
     *
     * @throws IllegalArgumentException if it is not such a request
     */
    public static long parseHashRevision(String text) {
        if (text.strip().equals("null")) {
            return 0;
        }
        for (Map.Entry<String, Object> field : Json.parseObject(text).entrySet()) {
            if (field.getKey().equalsIgnoreCase("revision")) {
                if (field.getValue() instanceof BigInteger revision && revision.bitLength() < Long.SIZE) {
                    return revision.longValue();
                }
                throw new IllegalArgumentException("not a revision: " + field.getValue());
            }
        }
        return 0;
    }

    /** A hash as in {@code GET /members/hashkv}: what is 0 is left out. */
    public static String hash(KvHashResult result) {
        KvHash hash = result.hash();
        return "{\"header\":{\"revision\":" + result.currentRevision() + "}"
                + field("hash", Integer.toUnsignedLong(hash.crc()))
                + field("compact_revision", hash.compactRevision())
                + field("hash_revision", hash.revision()) + "}";
    }

    /**
     * Reads what {@link #hash} writes.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static KvHashResult parseHash(String text) {
        Map<String, Object> json = Json.parseObject(text);
        if (json.get("header") instanceof Map<?, ?> header) {
            KvHash hash = new KvHash(
                    (int) number(json.get("hash")),
                    number(json.get("hash_revision")),
                    number(json.get("compact_revision")));
            return new KvHashResult(hash, number(header.get("revision")));
        }
        throw new IllegalArgumentException("not a hash: " + text);
    }

    private static long number(@Nullable Object value) {
        if (value == null) {
            return 0;
        } else if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        throw new IllegalArgumentException("not a number: " + value);
    }

    private static String field(String name, long value) {
        return value == 0 ? "" : ",\"" + name + "\":" + value;
    }
}
