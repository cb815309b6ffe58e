/**
 * Users, roles and permissions: the replicated state, the proof of who a caller is (passwords, tokens), and the check of what a
 * caller may do. Knows nothing of gRPC.
 */
@NullMarked
package io.etcetera.server.auth;

import org.jspecify.annotations.NullMarked;
