package io.etcetera.daemon;

import io.etcetera.server.EtcdConfig;
import java.util.function.Consumer;

/** Starts a member. */
@FunctionalInterface
public interface MemberStarter {
    /**
     * Starts a member and returns when it serves.
     *
     * @param onFailure told once, on any thread, if the member stops by itself later
     * @throws Exception whatever kept it from starting; nothing is left behind then
     */
    RunningMember start(EtcdConfig config, Consumer<Throwable> onFailure) throws Exception;
}
