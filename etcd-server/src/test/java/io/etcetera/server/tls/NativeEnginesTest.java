package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcetera.server.TimeSource;
import io.etcetera.server.testing.Pki;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCounted;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeEnginesTest {
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress(0);
    private static final int RENEWALS = 50;

    @TempDir
    static Path directory;

    private static Pki pki;

    @BeforeAll
    static void makeCertificates() throws Exception {
        assumeTrue(OpenSsl.isAvailable(), "there is no netty-tcnative for this platform");
        pki = Pki.in(directory);
    }

    private static PortTerms terms(String name) throws IOException {
        TlsConfig config = TlsConfig.builder()
                .identity(pki.crt(name), pki.key(name))
                .trustedCaFile(pki.crt("ca"))
                .build();
        ClientRules rules = new ClientRules(
                Optional.of(CertificateVerifier.of(config, TimeSource.system())),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        return PortTerms.of(config, new Identities(), rules);
    }

    private static SslContext client() throws SSLException {
        return client("rsa", "TLSv1.3");
    }

    private static SslContext client(String name, String protocol) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols(protocol)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .keyManager(new File(pki.crt(name)), new File(pki.file(name + "-pkcs8.key")))
                .build();
    }

    private static SslHandler serve(ServerEngines engines, HandshakeRecord handshake) throws SSLException {
        return engines.newHandler(ByteBufAllocator.DEFAULT, handshake, ServerTls.HTTP2, Runnable::run);
    }

    /** Carries bytes between both sides until neither has any. */
    private static void talk(EmbeddedChannel one, EmbeddedChannel other) {
        boolean said = true;
        while (said) {
            one.runPendingTasks();
            other.runPendingTasks();
            boolean there = pass(one, other);
            boolean back = pass(other, one);
            said = there || back;
        }
    }

    private static boolean pass(EmbeddedChannel from, EmbeddedChannel to) {
        boolean any = false;
        for (Object message = from.readOutbound(); message != null; message = from.readOutbound()) {
            to.writeInbound(message);
            any = true;
        }
        return any;
    }

    /** What the client is shown; both ends are closed afterwards, and their memory is free. */
    private static String shownTo(SslContext client, NativeEngines engines) throws Exception {
        HandshakeRecord record = new HandshakeRecord(ANYWHERE, ANYWHERE);
        SslHandler ours = serve(engines, record);
        SslHandler theirs = client.newHandler(ByteBufAllocator.DEFAULT, "member.example", 1);
        EmbeddedChannel server = new EmbeddedChannel(ours);
        EmbeddedChannel other = new EmbeddedChannel(theirs);
        talk(server, other);
        assertThat(ours.handshakeFuture().isSuccess()).isTrue();
        assertThat(record.serverName()).isEqualTo("member.example");
        SSLSession session = theirs.engine().getSession();
        String name = session.getPeerPrincipal().getName();
        assertThat(CertificateSubject.commonName(ours.engine().getSession())).contains("rsa");
        other.finishAndReleaseAll();
        server.finishAndReleaseAll();
        assertThat(((ReferenceCounted) ours.engine()).refCnt()).isZero();
        return name;
    }

    @Test
    void showsWhatIsThereNowHoweverOftenItIsRenewed() throws Exception {
        pki.replace("changing", "server");
        NativeEngines engines = new NativeEngines(terms("changing"));
        SslContext client = client();
        for (int i = 0; i < RENEWALS; i++) {
            String name = i % 2 == 0 ? "renewed" : "server";
            pki.replace("changing", name);
            assertThat(shownTo(client, engines)).isEqualTo("CN=" + name);
        }
        engines.close();
    }

    @Test
    void isClosedOnceItsLastConnectionHasEnded() throws Exception {
        NativeEngines engines = new NativeEngines(terms("server"));
        SslHandler last = serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE));
        EmbeddedChannel server = new EmbeddedChannel(last);
        engines.close();

        EmbeddedChannel other = new EmbeddedChannel(client().newHandler(ByteBufAllocator.DEFAULT));
        talk(server, other);
        assertThat(last.handshakeFuture().isSuccess()).isTrue();
        other.finishAndReleaseAll();
        server.finishAndReleaseAll();

        assertThat(((ReferenceCounted) last.engine()).refCnt()).isZero();
        assertThatThrownBy(() -> serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE)))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void anAddressIsServedByTheJdkUntilThatTurnsOutToBeForNothing() throws Exception {
        PortTerms terms = terms("server");
        SecondHearing engines = new SecondHearing(new NativeEngines(terms), terms);

        SslHandler first = serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE));
        assertThat(first.engine()).isInstanceOf(ReferenceCounted.class);
        EmbeddedChannel server = new EmbeddedChannel(first);
        EmbeddedChannel other = new EmbeddedChannel(client().newHandler(ByteBufAllocator.DEFAULT));
        pass(other, server);
        other.finishAndReleaseAll();
        server.finishAndReleaseAll();

        SslHandler second = serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE));
        assertThat(second.engine()).isNotInstanceOf(ReferenceCounted.class);
        server = new EmbeddedChannel(second);
        other = new EmbeddedChannel(client().newHandler(ByteBufAllocator.DEFAULT));
        talk(server, other);
        assertThat(second.handshakeFuture().isSuccess()).isTrue();
        other.finishAndReleaseAll();
        server.finishAndReleaseAll();

        SslHandler third = serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE));
        assertThat(third.engine()).isInstanceOf(ReferenceCounted.class);
        new EmbeddedChannel(third).finishAndReleaseAll();
        engines.close();
    }

    @Test
    void whoHasSaidAllAndLeavesWhileItsCertificateIsLookedAtIsHeardTheSameWayAgain() throws Exception {
        assertThat(secondAfterLeaving(client("rsa", "TLSv1.3"))).isInstanceOf(ReferenceCounted.class);
    }

    @Test
    void whoLeavesBecauseItCannotSignForBoringSslIsHeardByTheJdkHoweverLateWeLook() throws Exception {
        assertThat(secondAfterLeaving(client("p521", "TLSv1.2"))).isNotInstanceOf(ReferenceCounted.class);
    }

    /** What serves the address of a client that has left while its certificate was to be looked at. */
    private static SSLEngine secondAfterLeaving(SslContext client) throws Exception {
        PortTerms terms = terms("server");
        SecondHearing engines = new SecondHearing(new NativeEngines(terms), terms);
        Queue<Runnable> tasks = new ArrayDeque<>();

        SslHandler first = engines.newHandler(
                ByteBufAllocator.DEFAULT, new HandshakeRecord(ANYWHERE, ANYWHERE), ServerTls.HTTP2, tasks::add);
        EmbeddedChannel server = new EmbeddedChannel(first);
        EmbeddedChannel other = new EmbeddedChannel(client.newHandler(ByteBufAllocator.DEFAULT), new FailingAlone());
        pass(other, server);
        tasks.remove().run();
        talk(server, other);
        other.finishAndReleaseAll();
        assertThat(tasks).as("its certificate is to be looked at").hasSize(1);
        server.pipeline().fireChannelInactive(); // as when the other end closes
        tasks.remove().run();
        server.runPendingTasks();
        server.finishAndReleaseAll();
        assertThat(first.handshakeFuture().cause()).isNotNull();

        SslHandler second = serve(engines, new HandshakeRecord(ANYWHERE, ANYWHERE));
        new EmbeddedChannel(second).finishAndReleaseAll();
        engines.close();
        return second.engine();
    }

    /** The end of a client that may fail for a reason of its own, which its {@link SslHandler} has told the server. */
    private static final class FailingAlone extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            assertThat(cause).hasCauseInstanceOf(SSLException.class);
        }
    }
}
