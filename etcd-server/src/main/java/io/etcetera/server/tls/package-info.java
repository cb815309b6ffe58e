/**
 * TLS of the client port, the peer port, and the connections to peers: files, checks of certificates, handshakes.
 *
 * <p>{@code MemberTls} sets everything up when a member starts, and refuses material that is no good. After that, each
 * handshake reads certificate, key and revocation list again, so that they can be renewed while the member runs. No
 * session is ever resumed: every connection passes every check. The blocking parts run on threads of their own, never on
 * an event loop. Handshakes of clients are BoringSSL's where that loads, all others the JDK's; {@code NativeCode} chooses.
 */
@NullMarked
package io.etcetera.server.tls;

import org.jspecify.annotations.NullMarked;
