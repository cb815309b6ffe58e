package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Gives one pair of servers the same operations. What changes something goes to both at the same time and is answered
 * before the next is sent; reads between two changes are sent together. One thread.
 */
final class PairRunner implements Workload.Runner {
    private static final int READS_AT_ONCE = 24;
    private static final long EXPIRY_TIMEOUT_SECONDS = 60;

    private final TwoServers servers;
    private final Coverage coverage;
    private final Symbols symbols = new Symbols();
    private final KnownDifferences known = new KnownDifferences();
    private final Comparison comparison = new Comparison(symbols, known);
    private final List<Sent> reads = new ArrayList<>();
    private RawCaller stock;
    private RawCaller ours;
    private long compactRevision;

    /** A call under way, with the request as one of the servers got it. */
    private record Sent(
            Operation.Call call,
            Message request,
            long sentNanos,
            CompletableFuture<Answer> stock,
            CompletableFuture<Answer> ours) {}

    PairRunner(TwoServers servers, Coverage coverage) {
        this.servers = servers;
        this.coverage = coverage;
        this.stock = new RawCaller(servers.stock().channel());
        this.ours = new RawCaller(servers.ours().channel());
    }

    /**
     * Does one operation. A difference may belong to a read that came some operations earlier; the text names it.
     *
     * @return the first difference found
     */
    @Override
    public Optional<String> run(Operation operation) throws IOException, InterruptedException {
        if (operation instanceof Operation.Call call && operation.isRead()) {
            reads.add(send(call));
            return reads.size() < READS_AT_ONCE ? Optional.empty() : finish();
        }
        Optional<String> difference = finish();
        return difference.isPresent() ? difference : runAlone(operation);
    }

    /** Waits for the reads that are under way and compares them. */
    @Override
    public Optional<String> finish() {
        for (Sent read : reads) {
            Optional<String> difference = compare(read);
            if (difference.isPresent()) {
                return difference;
            }
        }
        reads.clear();
        return Optional.empty();
    }

    /** What stands in requests for what is known only when they are sent. */
    Symbols symbols() {
        return symbols;
    }

    /** How far both stores are compacted, as far as answers have told; 0 before the first compaction. */
    long compactRevision() {
        return compactRevision;
    }

    private Optional<String> runAlone(Operation operation) throws IOException, InterruptedException {
        if (operation instanceof Operation.Call call) {
            return compare(send(call));
        }
        if (operation instanceof Operation.RawCall raw) {
            return runRaw(raw);
        }
        if (operation instanceof Operation.Restart restart) {
            restart(restart);
            return Optional.empty();
        }
        return operation instanceof Operation.Expiry expiry ? expire(expiry) : Optional.empty();
    }

    private Sent send(Operation.Call call) {
        String method = call.api().fullMethodName();
        Message toStock = symbols.resolve(call.request(), Server.STOCK);
        Message toOurs = symbols.resolve(call.request(), Server.OURS);
        return new Sent(
                call,
                toOurs,
                System.nanoTime(),
                stock.call(method, List.of(toStock.toByteString())),
                ours.call(method, List.of(toOurs.toByteString())));
    }

    private Optional<String> compare(Sent sent) {
        Answer fromStock = sent.stock().join();
        Answer fromOurs = sent.ours().join();
        known.answeredWithin(Duration.ofNanos(System.nanoTime() - sent.sentNanos()));
        coverage.count(sent.call(), fromStock);
        if (sent.request() instanceof CompactionRequest compaction && fromStock.code() == Status.Code.OK) {
            compactRevision = compaction.getRevision();
        }
        return comparison
                .compare(sent.call(), fromStock, fromOurs)
                .map(text -> sent.call().api() + " { " + Texts.of(sent.request()) + " }\n" + text);
    }

    private Optional<String> runRaw(Operation.RawCall raw) {
        boolean compressed = raw.kind() == Malformed.COMPRESSED;
        CompletableFuture<Answer> toStock = stock.call(raw.fullMethodName(), raw.messages(), compressed);
        CompletableFuture<Answer> toOurs = ours.call(raw.fullMethodName(), raw.messages(), compressed);
        coverage.count(raw, toStock.join());
        return comparison.compare(raw, toStock.join(), toOurs.join()).map(text -> Texts.of(raw, symbols) + "\n" + text);
    }

    private void restart(Operation.Restart restart) throws IOException, InterruptedException {
        long start = System.nanoTime();
        if (restart.killed()) {
            servers.killAndRestart();
        } else {
            servers.terminateAndRestart();
        }
        stock = new RawCaller(servers.stock().channel());
        ours = new RawCaller(servers.ours().channel());
        known.restarted(Duration.ofNanos(System.nanoTime() - start));
        coverage.count(restart);
    }

    private Optional<String> expire(Operation.Expiry expiry) throws InterruptedException {
        List<Operation.Call> calls = new ArrayList<>();
        calls.add(new Operation.Call(Api.LEASE_GRANT, expiry.grant()));
        for (PutRequest put : expiry.puts()) {
            calls.add(new Operation.Call(Api.PUT, put));
        }
        for (Operation.Call call : calls) {
            Optional<String> difference = compare(send(call));
            if (difference.isPresent()) {
                return difference;
            }
        }
        awaitExpiry(stock, expiry.grant().getID());
        awaitExpiry(ours, expiry.grant().getID());
        coverage.count(expiry);
        // What the expiry changed can be seen by a linearizable read, and from then on by all.
        return compare(send(new Operation.Call(
                Api.RANGE,
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build())));
    }

    /** No event tells a client that a lease has expired, so this asks again and again. */
    private static void awaitExpiry(RawCaller server, long leaseId) throws InterruptedException {
        Message request = LeaseTimeToLiveRequest.newBuilder().setID(leaseId).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EXPIRY_TIMEOUT_SECONDS);
        while (lives(server.call(Api.LEASE_TIME_TO_LIVE.fullMethodName(), List.of(request.toByteString()))
                .join())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("lease " + leaseId + " does not expire");
            }
            Thread.sleep(20);
        }
    }

    private static boolean lives(Answer answer) {
        try {
            return LeaseTimeToLiveResponse.parseFrom(answer.messages().get(0)).getGrantedTTL() != 0;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("not an answer to a question for a lease: " + answer, e);
        }
    }
}
