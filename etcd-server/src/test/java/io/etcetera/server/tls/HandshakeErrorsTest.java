package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Whether another implementation of TLS is worth a try. */
class HandshakeErrorsTest {
    private final HandshakeRecord handshake = new HandshakeRecord(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 2));

    private boolean isOfNativeCode(Exception failure) {
        return HandshakeErrors.isOfNativeCode(failure, handshake);
    }

    @Test
    void whoGoesInTheMiddleMayHaveACertificateThatBoringSslDidNotAskFor() {
        handshake.askedFor("");
        assertThat(isOfNativeCode(new ClosedChannelException())).isTrue();
        assertThat(isOfNativeCode(
                        new SSLHandshakeException("Connection closed while SSL/TLS handshake was in progress")))
                .isTrue();
        assertThat(isOfNativeCode(new IOException("Connection reset by peer"))).isTrue();
    }

    @Test
    void whoHasShownACertificateMayStillFindThatItCannotSignBeforeTls13() {
        handshake.askedFor("");
        handshake.answered();
        handshake.speaks("TLSv1.2");
        assertThat(isOfNativeCode(new ClosedChannelException())).isTrue();
        handshake.speaks("TLSv1.3");
        assertThat(isOfNativeCode(new ClosedChannelException())).isFalse();
    }

    @Test
    void whoSaysNothingOnlyLookedWhetherThePortIsOpen() {
        assertThat(isOfNativeCode(new ClosedChannelException())).isFalse();
        assertThat(isOfNativeCode(new IOException("Connection reset by peer"))).isFalse();
    }

    @Test
    void boringSslsOwnRefusalsCountAndThoseOfClientsWhoDoNotTrustUsDoNot() {
        handshake.askedFor("");
        assertThat(isOfNativeCode(new SSLHandshakeException(
                        "error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE")))
                .isTrue();
        assertThat(isOfNativeCode(new SSLHandshakeException(
                        "error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE")))
                .isTrue();
        assertThat(isOfNativeCode(new SSLHandshakeException(
                        "error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE")))
                .isFalse();
        assertThat(isOfNativeCode(
                        new SSLHandshakeException("error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER")))
                .isFalse();
        assertThat(isOfNativeCode(new SSLException("something of Java's"))).isFalse();
    }

    @Test
    void ourOwnRefusalIsFinal() {
        handshake.askedFor("");
        handshake.refused(new SSLException("revoked"));
        assertThat(isOfNativeCode(new ClosedChannelException())).isFalse();
        assertThat(isOfNativeCode(
                        new SSLHandshakeException("error:1:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED")))
                .isFalse();
    }
}
