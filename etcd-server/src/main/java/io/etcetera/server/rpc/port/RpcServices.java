package io.etcetera.server.rpc.port;

import io.etcetera.server.CallObserver;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdError;
import io.etcetera.server.WorkerPool;
import io.etcetera.server.net.ConnectionLimit;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Marshallers;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.RequestValidator;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.admin.AuthService;
import io.etcetera.server.rpc.admin.ClusterService;
import io.etcetera.server.rpc.admin.HealthService;
import io.etcetera.server.rpc.admin.MaintenanceService;
import io.etcetera.server.rpc.call.CallGate;
import io.etcetera.server.rpc.call.OpenStreams;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.SlowCalls;
import io.etcetera.server.rpc.call.UnreadAnswers;
import io.etcetera.server.rpc.kv.KvService;
import io.etcetera.server.rpc.lease.ElectionService;
import io.etcetera.server.rpc.lease.LeaseService;
import io.etcetera.server.rpc.lease.LockService;
import io.etcetera.server.rpc.watch.WatchService;
import io.grpc.Channel;
import io.grpc.HandlerRegistry;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The services of a member, the threads that they run on, and the way to them without a socket; {@link RpcServer} lets
 * others in. Handlers run on the event loops and never block them; what may be large is read on a few reader threads.
 *
 * <p>Opened in the order event loops, reader threads, in-process port, and closed the other way round.
 */
public final class RpcServices implements AutoCloseable {
    private static final int MAX_READERS = 8;
    private static final Duration READER_IDLE = Duration.ofMinutes(1);

    private final EventLoops loops;
    /** For reads that may be large. Clients' open calls wait for them, and the number of those is limited. */
    private final WorkerPool readers;
    /** For what takes a pass over the whole store: a thread of its own, so that it keeps no other read waiting. */
    private final WorkerPool storePasses;

    private final OpenStreams streams;
    private final List<ServerServiceDefinition> definitions;
    private final List<ServerStreamTracer.Factory> tracers;
    private final InProcessPort inProcess;
    private final ConnectionLimit connectionLimit = ConnectionLimit.ofProcess();
    private final UnreadAnswers unreadAnswers = UnreadAnswers.ofProcess();
    private boolean stopped;

    private RpcServices(RpcContext context) throws IOException {
        this.loops = context.loops();
        this.readers = context.readers();
        this.storePasses = context.storePasses();
        this.streams = context.streams();
        this.definitions = define(context);
        this.tracers = tracers(context.parts(), definitions);
        String name = "etcd-channel-" + context.parts().config().name();
        this.inProcess = InProcessPort.open(name, this);
    }

    /** Opens the services of a member; nobody outside this process can reach them yet. */
    public static RpcServices open(MemberParts parts) throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        return open(parts, new SplittableRandom(), EventLoops.defaultCount(processors), processors);
    }

    static RpcServices open(MemberParts parts, RandomGenerator random, int loopCount, int readerCount)
            throws IOException {
        EtcdConfig config = parts.config();
        EventLoops loops = EventLoops.open("etcd-rpc", loopCount);
        CallGate gate =
                new CallGate(parts.raft(), parts.membership(), parts.metrics().rpc());
        return new RpcServices(new RpcContext(
                parts,
                new ResponseHeaders(parts.membership(), parts.raft(), parts.store()),
                gate,
                new RequestValidator(config.maxTxnOps()),
                new Marshallers(RpcContext.maxMessageBytes(config.maxRequestBytes())),
                loops,
                WorkerPool.unbounded("etcd-read", Math.min(Math.max(1, readerCount), MAX_READERS), READER_IDLE),
                WorkerPool.unbounded("etcd-store-pass", 1, READER_IDLE),
                new OpenStreams(gate, loops.home(), config.electionTimeout()),
                new SlowCalls(parts.time(), config.monitoring().slowRequest()),
                random));
    }

    private static List<ServerServiceDefinition> define(RpcContext context) {
        return List.of(
                KvService.define(context),
                WatchService.define(context),
                LeaseService.define(context),
                ClusterService.define(context),
                MaintenanceService.define(context),
                HealthService.define(context),
                LockService.define(context),
                ElectionService.define(context),
                AuthService.define(context));
    }

    private static List<ServerStreamTracer.Factory> tracers(
            MemberParts parts, List<ServerServiceDefinition> definitions) {
        CallCounting counting = new CallCounting(parts.metrics().rpc(), definitions);
        CallObserver observer = parts.config().monitoring().calls();
        return observer == CallObserver.NONE ? List.of(counting) : List.of(counting, new ObservedCalls(observer));
    }

    List<ServerServiceDefinition> definitions() {
        return definitions;
    }

    /** What counts and follows calls, wherever they come from. */
    List<ServerStreamTracer.Factory> tracers() {
        return tracers;
    }

    /** What answers calls of methods that none of the services has. */
    HandlerRegistry unknownMethods() {
        return new UnknownMethods(definitions.stream()
                .map(service -> service.getServiceDescriptor().getName())
                .collect(Collectors.toSet()));
    }

    /** The threads that connections live on. */
    public EventLoops loops() {
        return loops;
    }

    /** What all ports of clients keep to together. */
    public ConnectionLimit connectionLimit() {
        return connectionLimit;
    }

    /** What all connections together may leave lying. */
    UnreadAnswers unreadAnswers() {
        return unreadAnswers;
    }

    /** Largest message that is accepted. */
    public static int maxMessageBytes(EtcdConfig config) {
        return RpcContext.maxMessageBytes(config.maxRequestBytes());
    }

    /** The way to the services without a socket. Who calls is called back on threads that may block. */
    public Channel channel() {
        return inProcess.callers();
    }

    /** The same for parts of the member, which are called back on event loops, and must not block. */
    public Channel ownChannel() {
        return inProcess.ownCalls();
    }

    /** Ends streams with an error, and takes no more calls. Idempotent. */
    synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        inProcess.shutdown();
        streams.endAll(StatusTable.of(EtcdError.STOPPED));
        // They are long, and end with an error when told to stop: no reason to wait for them.
        storePasses.close();
    }

    /** Idempotent. To be closed after all servers. */
    @Override
    public void close() {
        stop();
        inProcess.close();
        readers.close();
        streams.close();
        loops.close();
    }
}
