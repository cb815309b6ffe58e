package io.etcetera.server.rpc.port;

import io.etcetera.server.rpc.Marshallers;
import io.etcetera.server.rpc.call.Methods;
import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers calls of methods that nobody serves, in the words of gRPC's Go implementation. */
final class UnknownMethods extends HandlerRegistry {
    private final Set<String> services;

    /** @param services names of the services that are served */
    UnknownMethods(Set<String> services) {
        this.services = Set.copyOf(services);
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String fullName, @Nullable String authority) {
        int slash = fullName.lastIndexOf('/');
        String service = slash < 0 ? fullName : fullName.substring(0, slash);
        String text = services.contains(service)
                ? "unknown method " + fullName.substring(slash + 1) + " for service " + service
                : "unknown service " + service;
        Status status = Status.UNIMPLEMENTED.withDescription(text);
        return ServerMethodDefinition.create(
                Marshallers.unknown(fullName), (call, metadata) -> Methods.refuse(call, status));
    }
}
