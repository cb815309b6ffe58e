package io.etcetera.server.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/** IDs of members and clusters, computed as etcd computes them. */
public final class MemberIds {
    private MemberIds() {}

    /** ID of a member that a new cluster starts with. */
    public static long member(Collection<String> peerUrls, String clusterToken) {
        List<String> sorted = peerUrls.stream().sorted().toList();
        return first8Bytes(sha1((String.join("", sorted) + clusterToken).getBytes(StandardCharsets.UTF_8)));
    }

    /** ID of a member that is added to a running cluster, at this time in seconds since 1970; the token plays no part. */
    public static long addedMember(Collection<String> peerUrls, long epochSeconds) {
        return member(peerUrls, Long.toString(epochSeconds));
    }

    /** ID of a cluster, from the members that it starts with. */
    public static long cluster(Collection<Long> memberIds) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * memberIds.size());
        memberIds.stream().sorted(Long::compareUnsigned).forEach(bytes::putLong);
        return first8Bytes(sha1(bytes.array()));
    }

    /** As shown to people: hex without leading zeros. */
    public static String toText(long id) {
        return Long.toHexString(id);
    }

    private static byte[] sha1(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static long first8Bytes(byte[] digest) {
        return ByteBuffer.wrap(digest).getLong();
    }
}
