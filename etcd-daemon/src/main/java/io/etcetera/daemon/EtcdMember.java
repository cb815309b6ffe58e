package io.etcetera.daemon;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/** The member that the server module makes. The one place where the process and the embeddable API meet. */
public final class EtcdMember implements RunningMember {
    private final Etcd etcd;

    private EtcdMember(Etcd etcd) {
        this.etcd = etcd;
    }

    /** Starts it; see {@link MemberStarter}. */
    public static RunningMember start(EtcdConfig config, Consumer<Throwable> onFailure) throws EtcdStartException {
        return new EtcdMember(Etcd.start(config, onFailure::accept));
    }

    @Override
    public List<URI> clientUrls() {
        return etcd.clientUrls();
    }

    @Override
    public List<URI> httpUrls() {
        return etcd.httpUrls();
    }

    @Override
    public void close() {
        etcd.close();
    }
}
