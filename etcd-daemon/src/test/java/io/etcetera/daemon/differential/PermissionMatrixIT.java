package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServiceDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every method of every service, asked by everybody, on stock etcd and on this server: code and text of the answers must be the
 * same. Both servers go through the same sequence, so what a request that was let pass has changed is the same, too.
 */
class PermissionMatrixIT {
    /** As low as it goes: what a password costs is not the matter here. */
    private static final String CHEAP_PASSWORDS = "--bcrypt-cost=4";

    @TempDir
    Path directory;

    @Test
    void everybodyGetsTheSameAnswers() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, CHEAP_PASSWORDS)) {
            AuthScene stock = AuthScene.set(servers.stock());
            AuthScene ours = AuthScene.set(servers.ours());
            assertThat(ours.tokens().keySet()).isEqualTo(stock.tokens().keySet());

            List<String> differences = new ArrayList<>();
            Map<String, Integer> outcomes = new LinkedHashMap<>();
            for (AuthProbe<?> probe : AuthProbes.all()) {
                for (String caller : stock.tokens().keySet()) {
                    String expected = stock.ask(probe, caller);
                    String actual = ours.ask(probe, caller);
                    outcomes.merge(expected, 1, Integer::sum);
                    if (!actual.equals(expected)) {
                        differences.add(probe.name() + " by " + caller + ": stock " + expected + ", ours " + actual);
                    }
                }
            }

            assertThat(differences).isEmpty();
            // A matrix in which all are let pass, or none, would prove nothing.
            assertThat(outcomes.getOrDefault("OK", 0)).isGreaterThan(100);
            assertThat(outcomes.getOrDefault("PERMISSION_DENIED: etcdserver: permission denied", 0))
                    .isGreaterThan(100);
        }
    }

    @Test
    void noMethodIsForgotten() {
        Set<String> probed = AuthProbes.all().stream()
                .map(probe -> probe.method().getFullMethodName())
                .collect(Collectors.toSet());
        Set<String> all = AuthProbes.services().stream()
                .map(ServiceDescriptor::getMethods)
                .flatMap(methods -> methods.stream().map(method -> method.getFullMethodName()))
                .collect(Collectors.toSet());
        assertThat(probed).isEqualTo(all);
    }
}
