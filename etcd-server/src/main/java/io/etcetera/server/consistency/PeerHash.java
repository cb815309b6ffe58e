package io.etcetera.server.consistency;

import io.etcetera.mvcc.KvHashResult;
import java.util.List;

/**
 * What became of asking another member for its hash.
 *
 * @param urls its peer URLs
 */
public record PeerHash(long memberId, List<String> urls, Answer answer) {
    public PeerHash {
        urls = List.copyOf(urls);
    }

    /** What it said. */
    public sealed interface Answer permits Hashed, Behind, Compacted, OtherCluster, Silent {}

    /** A hash, and the revision that the member was at. */
    public record Hashed(KvHashResult result) implements Answer {}

    /** It has not come to the revision. */
    public record Behind() implements Answer {}

    /** It has compacted the revision away. */
    public record Compacted() implements Answer {}

    /** It belongs to another cluster. */
    public record OtherCluster() implements Answer {}

    /** It gave no answer that can be used. */
    public record Silent(String why) implements Answer {}
}
