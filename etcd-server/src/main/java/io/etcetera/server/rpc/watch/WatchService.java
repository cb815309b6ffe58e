package io.etcetera.server.rpc.watch;

import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerServiceDefinition;

/** The Watch service: its one method is served by a {@link WatchCall} for each stream. */
public final class WatchService {
    private static final long MIN_PROGRESS_MILLIS = 100;
    private static final int JITTER_DIVISOR = 10;

    private WatchService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        WatchMessages messages = new WatchMessages(context.headers(), context.maxMessageBytes());
        return new Methods(context, WatchGrpc.getServiceDescriptor())
                .stream(WatchGrpc.getWatchMethod(), Permission.KEYS, (call, loop, requiresLeader) -> {
                            WatchCall watch = new WatchCall(call, loop, context, messages, progressMillis(context));
                            context.streams().opened(watch, requiresLeader);
                            return watch;
                        })
                        .build();
    }

    /** Interval of periodic progress, up to a tenth longer so that streams do not speak all at once. */
    private static long progressMillis(RpcContext context) {
        long configured = context.parts().config().watchProgressNotifyInterval().toMillis();
        long base = Math.max(MIN_PROGRESS_MILLIS, configured);
        return base + context.random().nextLong(base / JITTER_DIVISOR + 1);
    }
}
