package io.etcetera.server.tls;

import io.etcetera.server.text.BadValueException;
import java.util.List;

/**
 * TLS of one of a member's two ports, as etcd's flags have it. Files are PEM but for the revocation list; a name that is
 * empty means that there is no such file. Immutable; made by {@link #builder()}.
 *
 * @param certFile certificate of the port, followed by those between it and the CA
 * @param keyFile its key, unencrypted: PKCS#1, PKCS#8 or SEC 1
 * @param clientCertFile certificate to show when connecting as a client; empty means that of the port
 * @param clientKeyFile its key
 * @param trustedCaFile CAs that others' certificates are to come from; if given, clients need a certificate
 * @param clientCertAuth clients need a certificate; from the system's CAs if there is no trusted one
 * @param crlFile certificates whose serial number is in this list are refused
 * @param allowedCommonNames if not empty, a client's certificate must have one of these common names
 * @param allowedHostnames if not empty, a client's certificate must be valid for one of these names or addresses
 * @param skipClientSanVerification do not ask that a peer's certificate be valid for the address it connects from
 * @param autoTls without certificate and key, make a self-signed pair in the data directory
 * @param selfSignedCertValidityYears how long that is valid, in years of 365 days
 * @param cipherSuites the suites of TLS 1.2, by their IANA names; empty means the usual ones
 * @param minVersion lowest version to speak
 * @param maxVersion highest version to speak
 */
public record TlsConfig(
        String certFile,
        String keyFile,
        String clientCertFile,
        String clientKeyFile,
        String trustedCaFile,
        boolean clientCertAuth,
        String crlFile,
        List<String> allowedCommonNames,
        List<String> allowedHostnames,
        boolean skipClientSanVerification,
        boolean autoTls,
        long selfSignedCertValidityYears,
        List<String> cipherSuites,
        TlsVersion minVersion,
        TlsVersion maxVersion) {

    /** No TLS. */
    public static final TlsConfig NONE = builder().build();

    public TlsConfig {
        allowedCommonNames = List.copyOf(allowedCommonNames);
        allowedHostnames = List.copyOf(allowedHostnames);
        cipherSuites = List.copyOf(cipherSuites);
    }

    /** A builder with etcd's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.certFile = certFile;
        builder.keyFile = keyFile;
        builder.clientCertFile = clientCertFile;
        builder.clientKeyFile = clientKeyFile;
        builder.trustedCaFile = trustedCaFile;
        builder.clientCertAuth = clientCertAuth;
        builder.crlFile = crlFile;
        builder.allowedCommonNames = allowedCommonNames;
        builder.allowedHostnames = allowedHostnames;
        builder.skipClientSanVerification = skipClientSanVerification;
        builder.autoTls = autoTls;
        builder.selfSignedCertValidityYears = selfSignedCertValidityYears;
        builder.cipherSuites = cipherSuites;
        builder.minVersion = minVersion;
        builder.maxVersion = maxVersion;
        return builder;
    }

    /** Whether there is neither a certificate nor a key. */
    public boolean isEmpty() {
        return certFile.isEmpty() && keyFile.isEmpty();
    }

    /** Whether whoever connects needs a certificate. */
    boolean wantsClientCertificate() {
        return clientCertAuth || !trustedCaFile.isEmpty();
    }

    /**
     * Checks what can be checked without files.
     *
     * @throws BadValueException with etcd's words
     */
    public void check() throws BadValueException {
        if (minVersion.compareTo(maxVersion) > 0) {
            throw new BadValueException(
                    "min version (" + minVersion.flag() + ") is greater than max version (" + maxVersion.flag() + ")");
        }
        if (minVersion == TlsVersion.TLS_1_3 && !cipherSuites.isEmpty()) {
            throw new BadValueException("cipher suites cannot be configured when only TLS1.3 is enabled");
        }
    }

    /** The line that etcd's log has for it. */
    String describe() {
        return "cert = " + certFile + ", key = " + keyFile + ", client-cert=" + clientCertFile + ", client-key="
                + clientKeyFile + ", trusted-ca = " + trustedCaFile + ", client-cert-auth = " + clientCertAuth
                + ", crl-file = " + crlFile;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private String certFile = "";
        private String keyFile = "";
        private String clientCertFile = "";
        private String clientKeyFile = "";
        private String trustedCaFile = "";
        private boolean clientCertAuth;
        private String crlFile = "";
        private List<String> allowedCommonNames = List.of();
        private List<String> allowedHostnames = List.of();
        private boolean skipClientSanVerification;
        private boolean autoTls;
        private long selfSignedCertValidityYears = 1;
        private List<String> cipherSuites = List.of();
        private TlsVersion minVersion = TlsVersion.TLS_1_2;
        private TlsVersion maxVersion = TlsVersion.TLS_1_3;

        private Builder() {}

        /** Certificate and key of the port. */
        public Builder identity(String certificateFile, String privateKeyFile) {
            this.certFile = certificateFile;
            this.keyFile = privateKeyFile;
            return this;
        }

        /** Certificate and key to show when connecting as a client. */
        public Builder clientIdentity(String certificateFile, String privateKeyFile) {
            this.clientCertFile = certificateFile;
            this.clientKeyFile = privateKeyFile;
            return this;
        }

        /** See {@link TlsConfig#trustedCaFile()}. */
        public Builder trustedCaFile(String value) {
            this.trustedCaFile = value;
            return this;
        }

        /** See {@link TlsConfig#clientCertAuth()}. */
        public Builder clientCertAuth(boolean value) {
            this.clientCertAuth = value;
            return this;
        }

        /** See {@link TlsConfig#crlFile()}. */
        public Builder crlFile(String value) {
            this.crlFile = value;
            return this;
        }

        /** See {@link TlsConfig#allowedCommonNames()}. */
        public Builder allowedCommonNames(List<String> value) {
            this.allowedCommonNames = value;
            return this;
        }

        /** See {@link TlsConfig#allowedHostnames()}. */
        public Builder allowedHostnames(List<String> value) {
            this.allowedHostnames = value;
            return this;
        }

        /** See {@link TlsConfig#skipClientSanVerification()}. */
        public Builder skipClientSanVerification(boolean value) {
            this.skipClientSanVerification = value;
            return this;
        }

        /** See {@link TlsConfig#autoTls()}. */
        public Builder autoTls(boolean value) {
            this.autoTls = value;
            return this;
        }

        /** See {@link TlsConfig#selfSignedCertValidityYears()}. */
        public Builder selfSignedCertValidityYears(long value) {
            this.selfSignedCertValidityYears = value;
            return this;
        }

        /** See {@link TlsConfig#cipherSuites()}. */
        public Builder cipherSuites(List<String> value) {
            this.cipherSuites = value;
            return this;
        }

        /** Lowest and highest version to speak. */
        public Builder versions(TlsVersion min, TlsVersion max) {
            this.minVersion = min;
            this.maxVersion = max;
            return this;
        }

        public TlsConfig build() {
            return new TlsConfig(
                    certFile,
                    keyFile,
                    clientCertFile,
                    clientKeyFile,
                    trustedCaFile,
                    clientCertAuth,
                    crlFile,
                    allowedCommonNames,
                    allowedHostnames,
                    skipClientSanVerification,
                    autoTls,
                    selfSignedCertValidityYears,
                    cipherSuites,
                    minVersion,
                    maxVersion);
        }
    }
}
