package com.alipay.sofa.jraft.util;

import java.util.List;

/**
 * Stands in for the engine's class of this name, which takes over SIGUSR2 of the whole process: that is not for a library
 * to do.
 */
public final class SignalHelper {
    /** The signal that the engine asks for. */
    public static final String SIG_USR2 = "USR2";

    private SignalHelper() {}

    /** Never. */
    public static boolean supportSignal() {
        return false;
    }

    /** Does nothing. */
    public static boolean addSignal(String signal, List<JRaftSignalHandler> handlers) {
        return false;
    }
}
