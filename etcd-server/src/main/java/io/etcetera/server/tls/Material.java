package io.etcetera.server.tls;

import io.etcetera.server.text.GoText;
import java.util.List;

/** Checks the files and rules of one port together, in etcd's order and with its words. */
final class Material {
    private Material() {}

    static void check(TlsConfig config, Identities identities) throws TlsMaterialException {
        if (config.isEmpty()) {
            return;
        }
        if (config.certFile().isEmpty() || config.keyFile().isEmpty()) {
            throw new TlsMaterialException("KeyFile and CertFile must both be present[key: " + config.keyFile()
                    + ", cert: " + config.certFile() + "]");
        }
        identities.of(config.certFile(), config.keyFile()).load();
        if (config.clientCertFile().isEmpty() != config.clientKeyFile().isEmpty()) {
            throw new TlsMaterialException("ClientKeyFile and ClientCertFile must both be present or both absent: key: "
                    + config.clientKeyFile() + ", cert: " + config.clientCertFile() + "]");
        }
        if (!config.clientCertFile().isEmpty()) {
            identities.of(config.clientCertFile(), config.clientKeyFile()).load();
        }
        if (!config.allowedCommonNames().isEmpty() && !config.allowedHostnames().isEmpty()) {
            throw new TlsMaterialException("AllowedCNs and AllowedHostnames are mutually exclusive (cns="
                    + quoted(config.allowedCommonNames()) + ", hostnames=" + quoted(config.allowedHostnames()) + ")");
        }
    }

    private static String quoted(List<String> names) {
        return "[" + String.join(" ", names.stream().map(GoText::quote).toList()) + "]";
    }
}
