package io.etcetera.server.tls;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoText;
import java.util.List;
import java.util.stream.Stream;

/** A version of TLS that a member can speak; in ascending order. */
public enum TlsVersion {
    TLS_1_2("TLS1.2", "TLSv1.2"),
    TLS_1_3("TLS1.3", "TLSv1.3");

    private final String flag;
    private final String protocol;

    TlsVersion(String flag, String protocol) {
        this.flag = flag;
        this.protocol = protocol;
    }

    /**
     * Reads the value of a flag.
     *
     * @param ifEmpty what an empty value stands for
     * @throws BadValueException with etcd's words
     */
    public static TlsVersion parse(String text, TlsVersion ifEmpty) throws BadValueException {
        if (text.isEmpty()) {
            return ifEmpty;
        }
        for (TlsVersion version : values()) {
            if (version.flag.equals(text)) {
                return version;
            }
        }
        throw new BadValueException(
                "unexpected TLS version " + GoText.quote(text) + " (must be one of: TLS1.2, TLS1.3)");
    }

    /** The name that flags have for it. */
    public String flag() {
        return flag;
    }

    /** The names that Java has for all versions from one to another. */
    static List<String> protocols(TlsVersion min, TlsVersion max) {
        return Stream.of(values())
                .filter(version -> version.compareTo(min) >= 0 && version.compareTo(max) <= 0)
                .map(version -> version.protocol)
                .toList();
    }
}
