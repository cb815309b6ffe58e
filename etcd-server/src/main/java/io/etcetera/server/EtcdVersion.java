package io.etcetera.server;

/** The release of etcd that this server is to be taken for. */
public final class EtcdVersion {
    /** Of the server. */
    public static final String SERVER = "3.7.1";

    private EtcdVersion() {}
}
