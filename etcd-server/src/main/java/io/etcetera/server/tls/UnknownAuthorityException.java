package io.etcetera.server.tls;

import java.security.cert.CertificateException;

/** A certificate leads to no CA that is trusted. There is an alert of its own for that. */
final class UnknownAuthorityException extends CertificateException {
    private static final long serialVersionUID = 1L;

    UnknownAuthorityException(String message) {
        super(message);
    }
}
