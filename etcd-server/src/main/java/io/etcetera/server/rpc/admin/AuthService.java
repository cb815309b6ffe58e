package io.etcetera.server.rpc.admin;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AuthDisableRequest;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGetRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.ProposalCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The Auth service. All but logging in goes through the log, questions too; passwords are hashed before. */
public final class AuthService {
    private final RpcContext context;
    private final Methods methods;

    private AuthService(RpcContext context) {
        this.context = context;
        this.methods = new Methods(context, AuthGrpc.getServiceDescriptor());
    }

    public static ServerServiceDefinition define(RpcContext context) {
        AuthService service = new AuthService(context);
        service.bindSwitch();
        service.bindUsers();
        service.bindRoles();
        return service.methods.build();
    }

    private void bindSwitch() {
        this.<AuthEnableRequest>bind(AuthGrpc.getAuthEnableMethod(), InternalRaftRequest.Builder::setAuthEnable);
        this.<AuthDisableRequest>bind(AuthGrpc.getAuthDisableMethod(), InternalRaftRequest.Builder::setAuthDisable);
        this.<AuthStatusRequest>bind(AuthGrpc.getAuthStatusMethod(), InternalRaftRequest.Builder::setAuthStatus);
        methods.unary(
                AuthGrpc.getAuthenticateMethod(),
                Permission.OPEN,
                (call, loop) -> new LoginCall(
                        call,
                        loop,
                        context.parts().authenticator(),
                        answer -> withHeader(answer, context.headers().live())));
    }

    private void bindUsers() {
        methods.unary(
                AuthGrpc.getUserAddMethod(),
                Permission.LOG,
                this.<AuthUserAddRequest>hashing(
                        AuthService::passwordOf,
                        (request, hash) -> InternalRaftRequest.newBuilder().setAuthUserAdd(withHash(request, hash))));
        methods.unary(
                AuthGrpc.getUserChangePasswordMethod(),
                Permission.LOG,
                this.<AuthUserChangePasswordRequest>hashing(
                        AuthService::passwordOf,
                        (request, hash) ->
                                InternalRaftRequest.newBuilder().setAuthUserChangePassword(withHash(request, hash))));
        this.<AuthUserGetRequest>bind(AuthGrpc.getUserGetMethod(), InternalRaftRequest.Builder::setAuthUserGet);
        this.<AuthUserListRequest>bind(AuthGrpc.getUserListMethod(), InternalRaftRequest.Builder::setAuthUserList);
        this.<AuthUserDeleteRequest>bind(
                AuthGrpc.getUserDeleteMethod(), InternalRaftRequest.Builder::setAuthUserDelete);
        this.<AuthUserGrantRoleRequest>bind(
                AuthGrpc.getUserGrantRoleMethod(), InternalRaftRequest.Builder::setAuthUserGrantRole);
        this.<AuthUserRevokeRoleRequest>bind(
                AuthGrpc.getUserRevokeRoleMethod(), InternalRaftRequest.Builder::setAuthUserRevokeRole);
    }

    private void bindRoles() {
        this.<AuthRoleAddRequest>bind(AuthGrpc.getRoleAddMethod(), InternalRaftRequest.Builder::setAuthRoleAdd);
        this.<AuthRoleGetRequest>bind(AuthGrpc.getRoleGetMethod(), InternalRaftRequest.Builder::setAuthRoleGet);
        this.<AuthRoleListRequest>bind(AuthGrpc.getRoleListMethod(), InternalRaftRequest.Builder::setAuthRoleList);
        this.<AuthRoleDeleteRequest>bind(
                AuthGrpc.getRoleDeleteMethod(), InternalRaftRequest.Builder::setAuthRoleDelete);
        this.<AuthRoleGrantPermissionRequest>bind(
                AuthGrpc.getRoleGrantPermissionMethod(), InternalRaftRequest.Builder::setAuthRoleGrantPermission);
        this.<AuthRoleRevokePermissionRequest>bind(
                AuthGrpc.getRoleRevokePermissionMethod(), InternalRaftRequest.Builder::setAuthRoleRevokePermission);
    }

    private <Q> void bind(
            MethodDescriptor<Q, ?> method,
            BiFunction<InternalRaftRequest.Builder, Q, InternalRaftRequest.Builder> wrap) {
        methods.unary(method, Permission.LOG, ProposalCall.opener(new Plain<>(wrap, context.headers())));
    }

    private <Q> Methods.Opener hashing(
            Function<Q, Optional<String>> password, BiFunction<Q, String, InternalRaftRequest.Builder> wrap) {
        return (call, loop) -> new PasswordProposalCall<>(
                call,
                loop,
                context.parts().authenticator(),
                password,
                wrap,
                answer -> withHeader(answer, context.headers().live()));
    }

    /** Users without a password are not given one, whatever the request says. */
    private static Optional<String> passwordOf(AuthUserAddRequest request) {
        return request.getOptions().getNoPassword() ? Optional.empty() : Optional.of(request.getPassword());
    }

    /** As in etcd, an empty one is not hashed, and so fits nothing. */
    private static Optional<String> passwordOf(AuthUserChangePasswordRequest request) {
        return request.getPassword().isEmpty() ? Optional.empty() : Optional.of(request.getPassword());
    }

    private static AuthUserAddRequest withHash(AuthUserAddRequest request, String hash) {
        AuthUserAddRequest.Builder hashed = request.toBuilder().clearPassword();
        return hash.isEmpty() ? hashed.build() : hashed.setHashedPassword(hash).build();
    }

    private static AuthUserChangePasswordRequest withHash(AuthUserChangePasswordRequest request, String hash) {
        AuthUserChangePasswordRequest.Builder hashed = request.toBuilder().clearPassword();
        return hash.isEmpty() ? hashed.build() : hashed.setHashedPassword(hash).build();
    }

    private record Plain<Q>(
            BiFunction<InternalRaftRequest.Builder, Q, InternalRaftRequest.Builder> wrap, ResponseHeaders headers)
            implements ProposalCall.Kind<Q> {
        @Override
        public InternalRaftRequest.Builder prepare(Q request) {
            return wrap.apply(InternalRaftRequest.newBuilder(), request);
        }

        @Override
        public Outbound answer(Message applied) {
            return withHeader(applied, headers.live());
        }
    }

    /** Each of these responses has a header, and it is field 1. */
    private static Outbound withHeader(Message applied, ResponseHeader header) {
        FieldDescriptor field = applied.getDescriptorForType().findFieldByNumber(ResponseHeaders.HEADER_FIELD);
        return Outbound.of(applied.toBuilder().setField(field, header).build());
    }
}
