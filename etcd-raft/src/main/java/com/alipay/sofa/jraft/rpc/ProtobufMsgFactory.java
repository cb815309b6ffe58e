package com.alipay.sofa.jraft.rpc;

/**
 * Stands in for the engine's class of this name, which looks up message classes by names written in a binary resource.
 * Relocation cannot reach those, so in the shaded jar it would fail and take the whole engine with it. Nothing here needs
 * the table: our transport knows the few messages by type.
 */
public final class ProtobufMsgFactory {

    private ProtobufMsgFactory() {}

    /** Called by the engine's RPC client when that is loaded. */
    public static void load() {
        // There is nothing to load.
    }
}
