package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.SECURITY;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.tls.TlsConfig;
import io.etcetera.server.tls.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of TLS: those that the client port and the peer port have each for themselves, and those that they share.
 */
public final class TlsOptions {
    private static final List<Option<?>> TABLE = new ArrayList<>();

    /** Of the client port. */
    public static final TlsOptions CLIENT = new TlsOptions(
            "client",
            "",
            option(
                    "client-crl-file",
                    OptionTypes.STRING,
                    "",
                    null,
                    "File of revoked client certificates, read again at every handshake."),
            null,
            option(
                    "client-cert-allowed-hostname",
                    OptionTypes.STRING_LIST,
                    List.of(),
                    "client-transport-security.allowed-hostname",
                    "Comma-separated names of which a client's certificate has to be valid for one."),
            null);

    /** Of the peer port, and of connections to peers. */
    public static final TlsOptions PEER = new TlsOptions(
            "peer",
            "peer-",
            option(
                    "peer-crl-file",
                    OptionTypes.STRING,
                    "",
                    null,
                    "File of revoked peer certificates, read again at every handshake."),
            option(
                    "peer-cert-allowed-cn",
                    OptionTypes.STRING_LIST,
                    List.of(),
                    "peer-transport-security.allowed-cn",
                    "Comma-separated common names of which a peer's certificate has to have one."),
            option(
                    "peer-cert-allowed-hostname",
                    OptionTypes.STRING_LIST,
                    List.of(),
                    "peer-transport-security.allowed-hostname",
                    "Comma-separated names of which a peer's certificate has to be valid for one."),
            option(
                    "peer-skip-client-san-verification",
                    OptionTypes.BOOL,
                    false,
                    "peer-transport-security.skip-client-san-verification",
                    "Take a peer's certificate whatever address the peer connects from."));

    /** A file that says 0 means the default; a flag that says 0 is refused. */
    static final Option<Long> SELF_SIGNED_CERT_VALIDITY = option(
            "self-signed-cert-validity",
            new OptionType<>(
                    OptionTypes.UINT.name(),
                    false,
                    OptionTypes.UINT.text(),
                    node -> Math.max(1, OptionTypes.UINT.yaml().read(node)),
                    OptionTypes.UINT.print()),
            1L,
            "self-signed-cert-validity",
            "Years that certificates of auto-tls and peer-auto-tls are valid.");

    static final Option<List<String>> CIPHER_SUITES = option(
            "cipher-suites",
            OptionTypes.STRING_LIST,
            List.of(),
            "cipher-suites",
            "Comma-separated cipher suites of TLS 1.2 for both ports; empty means the usual ones.");

    static final Option<String> TLS_MIN_VERSION = option(
            "tls-min-version", OptionTypes.STRING, "TLS1.2", "tls-min-version", "Lowest version: TLS1.2 or TLS1.3.");

    static final Option<String> TLS_MAX_VERSION = option(
            "tls-max-version",
            OptionTypes.STRING,
            "",
            "tls-max-version",
            "Highest version: TLS1.2 or TLS1.3; empty means the highest there is.");

    private final Option<String> certFile;
    private final Option<String> keyFile;
    private final Option<String> clientCertFile;
    private final Option<String> clientKeyFile;
    private final Option<Boolean> clientCertAuth;
    private final Option<String> trustedCaFile;
    private final Option<Boolean> autoTls;
    private final Option<String> crlFile;
    private final @Nullable Option<List<String>> allowedCommonNames;
    private final Option<List<String>> allowedHostnames;
    private final @Nullable Option<Boolean> skipSan;

    private TlsOptions(
            String side,
            String prefix,
            Option<String> crlFile,
            @Nullable Option<List<String>> allowedCommonNames,
            Option<List<String>> allowedHostnames,
            @Nullable Option<Boolean> skipSan) {
        String whose = side.equals("client") ? "the client port" : "the peer port";
        this.certFile =
                file(side, prefix, "cert-file", "Certificate of " + whose + ", in PEM; read again when it changes.");
        this.keyFile = file(side, prefix, "key-file", "Key of that certificate, in PEM.");
        this.clientCertFile = file(
                side, prefix, "client-cert-file", "Certificate to show as a client, if it is not that of the port.");
        this.clientKeyFile = file(side, prefix, "client-key-file", "Key of that certificate.");
        this.trustedCaFile =
                file(side, prefix, "trusted-ca-file", "CAs, in PEM, of which whoever connects needs a certificate.");
        String section = side + "-transport-security.";
        this.clientCertAuth = option(
                prefix + "client-cert-auth",
                OptionTypes.BOOL,
                false,
                section + "client-cert-auth",
                "Ask whoever connects to " + whose + " for a certificate.");
        this.autoTls = option(
                prefix + "auto-tls",
                OptionTypes.BOOL,
                false,
                section + "auto-tls",
                "Without cert-file, make a certificate for " + whose + " that signs itself.");
        this.crlFile = crlFile;
        this.allowedCommonNames = allowedCommonNames;
        this.allowedHostnames = allowedHostnames;
        this.skipSan = skipSan;
    }

    static List<Option<?>> table() {
        return List.copyOf(TABLE);
    }

    /** What these options come to; checked as far as that takes no files. */
    public TlsConfig config(Settings settings) throws ConfigException {
        try {
            TlsConfig config = TlsConfig.builder()
                    .identity(settings.get(certFile), settings.get(keyFile))
                    .clientIdentity(settings.get(clientCertFile), settings.get(clientKeyFile))
                    .trustedCaFile(settings.get(trustedCaFile))
                    .clientCertAuth(settings.get(clientCertAuth))
                    .crlFile(settings.get(crlFile))
                    .allowedCommonNames(allowedCommonNames == null ? List.of() : settings.get(allowedCommonNames))
                    .allowedHostnames(settings.get(allowedHostnames))
                    .skipClientSanVerification(skipSan != null && settings.get(skipSan))
                    .autoTls(settings.get(autoTls))
                    .selfSignedCertValidityYears(settings.get(SELF_SIGNED_CERT_VALIDITY))
                    .cipherSuites(settings.get(CIPHER_SUITES))
                    .versions(
                            TlsVersion.parse(settings.get(TLS_MIN_VERSION), TlsVersion.TLS_1_2),
                            TlsVersion.parse(settings.get(TLS_MAX_VERSION), TlsVersion.TLS_1_3))
                    .build();
            config.check();
            return config;
        } catch (BadValueException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private static Option<String> file(String side, String prefix, String name, String help) {
        return option(prefix + name, OptionTypes.STRING, "", side + "-transport-security." + name, help);
    }

    private static <T> Option<T> option(
            String name, OptionType<T> type, T defaultValue, @Nullable String yamlKey, String help) {
        Option<T> option = new Option<>(name, type, defaultValue, yamlKey, BUILT, SECURITY, help, null);
        TABLE.add(option);
        return option;
    }
}
