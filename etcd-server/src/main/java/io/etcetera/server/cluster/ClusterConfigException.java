package io.etcetera.server.cluster;

/** The member cannot start with this configuration or this data directory; the message is for the operator. */
public class ClusterConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ClusterConfigException(String message) {
        super(message);
    }
}
