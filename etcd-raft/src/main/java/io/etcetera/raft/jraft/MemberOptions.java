package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * The engine's options of one member, and with them what the engine has no place for: the RPC client, made by a factory
 * that all members of the JVM share, is given these and so learns whose it is.
 */
final class MemberOptions extends NodeOptions {
    private final PeerLink link;

    MemberOptions(PeerLink link) {
        this.link = link;
    }

    PeerLink link() {
        return link;
    }
}
