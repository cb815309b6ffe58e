package io.etcetera.server.transport;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata of every call between members says.
 *
 * @param clusterId the sender's cluster
 * @param from the sender's member ID
 * @param to the member ID of who is meant
 * @param appliedIndex how much of the log the sender's idea of the cluster rests on
 */
public record Handshake(long clusterId, long from, long to, long appliedIndex) {
    /** Version of the peer protocol; members that speak another one are refused. */
    private static final String PROTOCOL = "1";

    private static final Metadata.Key<String> PROTOCOL_KEY = key("etcetera-protocol");
    private static final Metadata.Key<String> CLUSTER_KEY = key("etcetera-cluster-id");
    private static final Metadata.Key<String> FROM_KEY = key("etcetera-from");
    private static final Metadata.Key<String> TO_KEY = key("etcetera-to");
    private static final Metadata.Key<String> APPLIED_KEY = key("etcetera-applied-index");
    private static final int HEX = 16;

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    public Metadata toMetadata() {
        Metadata metadata = new Metadata();
        metadata.put(PROTOCOL_KEY, PROTOCOL);
        put(metadata, CLUSTER_KEY, clusterId);
        put(metadata, FROM_KEY, from);
        put(metadata, TO_KEY, to);
        put(metadata, APPLIED_KEY, appliedIndex);
        return metadata;
    }

    private static void put(Metadata metadata, Metadata.Key<String> key, long value) {
        metadata.put(key, Long.toHexString(value));
    }

    /** Null if it is not there, or another version's. */
    public static @Nullable Handshake of(Metadata metadata) {
        if (!PROTOCOL.equals(metadata.get(PROTOCOL_KEY))) {
            return null;
        }
        try {
            return new Handshake(
                    get(metadata, CLUSTER_KEY),
                    get(metadata, FROM_KEY),
                    get(metadata, TO_KEY),
                    get(metadata, APPLIED_KEY));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long get(Metadata metadata, Metadata.Key<String> key) {
        String value = metadata.get(key);
        return Long.parseUnsignedLong(value == null ? "" : value, HEX);
    }
}
