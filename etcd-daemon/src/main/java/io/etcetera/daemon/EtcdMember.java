package io.etcetera.daemon;

import io.etcetera.server.EtcdConfig;
import java.util.function.Consumer;

/** The member that the server module makes. The one place where the process and the embeddable API meet. */
final class EtcdMember {
    private EtcdMember() {}

    /** Starts it; see {@link MemberStarter}. */
    @SuppressWarnings("DoNotCallSuggester") // until the server module has a member to start
    static RunningMember start(EtcdConfig config, Consumer<Throwable> onFailure) {
        throw new UnsupportedOperationException(
                "the member " + config.name() + " cannot start: the server is not part of this build");
    }
}
