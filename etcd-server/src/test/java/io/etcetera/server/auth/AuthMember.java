package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthRequests.addRole;
import static io.etcetera.server.auth.AuthRequests.addUser;
import static io.etcetera.server.auth.AuthRequests.enable;
import static io.etcetera.server.auth.AuthRequests.grant;
import static io.etcetera.server.auth.AuthRequests.grantRole;
import static io.etcetera.server.auth.AuthRequests.request;

import com.google.protobuf.Message;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.etcdserverpb.AuthRoleGetRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusResponse;
import io.etcetera.proto.etcdserverpb.AuthUserGetRequest;
import io.etcetera.proto.etcdserverpb.InternalAuthenticateRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;

/** A member on a directory, whose log takes requests in the name of callers. */
final class AuthMember implements AutoCloseable {
    static final Caller ROOT = new Caller("root", 1_000);

    final ApplyHarness harness;

    AuthMember(Path directory) {
        harness = new ApplyHarness(directory);
    }

    @Override
    public void close() {
        harness.close();
    }

    Answer<Message> as(Caller caller, InternalRaftRequest.Builder request) {
        request.getHeaderBuilder().setUsername(caller.username()).setAuthRevision(caller.authRevision());
        return harness.propose(request);
    }

    Answer<Message> asRoot(InternalRaftRequest.Builder request) {
        return as(ROOT, request);
    }

    AuthStatusResponse status() {
        return (AuthStatusResponse) harness.propose(request().setAuthStatus(AuthStatusRequest.getDefaultInstance()))
                .result();
    }

    long revision() {
        return status().getAuthRevision();
    }

    /** With root, and alice, who may write keys from a to b. */
    void turnOn() {
        asRoot(addUser("root")).result();
        asRoot(grantRole("root", "root")).result();
        asRoot(addUser("alice")).result();
        asRoot(addRole("writer")).result();
        asRoot(grant("writer", Permission.Type.WRITE, "a", "b")).result();
        asRoot(grantRole("alice", "writer")).result();
        asRoot(enable()).result();
    }

    Caller alice() {
        return new Caller("alice", revision());
    }

    Answer<Message> getUser(Caller caller, String name) {
        return as(
                caller, request().setAuthUserGet(AuthUserGetRequest.newBuilder().setName(name)));
    }

    Answer<Message> getRole(Caller caller, String name) {
        return as(
                caller, request().setAuthRoleGet(AuthRoleGetRequest.newBuilder().setRole(name)));
    }

    Answer<Message> login(String name) {
        return harness.propose(request()
                .setAuthenticate(
                        InternalAuthenticateRequest.newBuilder().setName(name).setSimpleToken("prefix")));
    }

    Answer<Caller> resolve(String token) {
        Answer<Caller> answer = new Answer<>();
        harness.tokens.resolve(token, () -> 1, answer);
        return answer;
    }
}
