package io.etcetera.daemon.utl;

/** Ends the command with a message and an exit status, which are etcd's where etcd has them. */
public final class UtlException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int FAILED = 1;
    static final int BAD_FEATURE = 4;
    static final int BAD_ARGUMENTS = 128;

    private final int status;
    private final boolean usageShown;

    private UtlException(int status, String message, boolean usageShown) {
        super(message, null, false, false);
        this.status = status;
        this.usageShown = usageShown;
    }

    /** The work could not be done. */
    static UtlException failed(String message) {
        return new UtlException(FAILED, message, false);
    }

    /** The arguments do not go together. */
    static UtlException badArguments(String message) {
        return new UtlException(BAD_ARGUMENTS, message, false);
    }

    /** There is no such way of printing that. */
    static UtlException badFeature(String message) {
        return new UtlException(BAD_FEATURE, message, false);
    }

    /** The command line cannot be read; the usage is shown. */
    static UtlException usage(String message) {
        return new UtlException(FAILED, message, true);
    }

    int status() {
        return status;
    }

    boolean isUsageShown() {
        return usageShown;
    }
}
