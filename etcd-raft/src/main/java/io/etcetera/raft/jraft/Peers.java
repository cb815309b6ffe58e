package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.Collection;
import java.util.HexFormat;

/**
 * How members are named inside the engine. It wants {@code host:port} but never interprets the host, so a peer's host is
 * its member ID in 16 hexadecimal digits, and the port is always 1: an address never changes when a member moves.
 */
final class Peers {
    private static final int PORT = 1;

    private Peers() {}

    static PeerId peer(long memberId) {
        return new PeerId(HexFormat.of().toHexDigits(memberId), PORT);
    }

    /** The member ID of a peer, 0 for the engine's "nobody". */
    static long memberId(PeerId peer) {
        return peer.isEmpty() ? 0 : HexFormat.fromHexDigitsToLong(peer.getIp());
    }

    static Configuration voters(Collection<Long> memberIds) {
        Configuration voters = new Configuration();
        memberIds.forEach(id -> voters.addPeer(peer(id)));
        return voters;
    }

    /** The group's name: the engine wants a letter first. */
    static String group(long clusterId) {
        return "c" + HexFormat.of().toHexDigits(clusterId);
    }
}
