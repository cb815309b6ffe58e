package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.proto.v3lockpb.UnlockRequest;
import io.etcetera.proto.v3lockpb.UnlockResponse;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.read.ReadBarrier;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A real store behind a log in memory, and clients whose executor is the test: {@link #settle} commits and runs until
 * nothing is left to do. Everything happens on the test's thread.
 */
final class ConcurrencyHarness implements AutoCloseable {
    private static final long WAIT_SECONDS = 60;

    final ApplyHarness member;
    /** While set, linearizable reads wait in {@link #heldReads}. */
    boolean holdReads;

    final List<Runnable> heldReads = new ArrayList<>();
    /** Also filled by the store's catch-up thread. */
    private final BlockingDeque<Runnable> tasks = new LinkedBlockingDeque<>();

    ConcurrencyHarness(Path directory) {
        this(directory, 0);
    }

    ConcurrencyHarness(Path directory, long quotaBytes) {
        member = new ApplyHarness(directory, quotaBytes);
    }

    private final class Reads implements ReadBarrier {
        @Override
        public <T> void await(T token, ResultCallback<T> callback) {
            if (holdReads) {
                heldReads.add(() -> callback.completed(token));
            } else {
                callback.completed(token);
            }
        }
    }

    MemberClient client() {
        Executor readers = tasks::add;
        return new MemberClient(
                new ConcurrencyParts(
                        member.store,
                        member.proposer,
                        new Reads(),
                        member.quota,
                        callback -> callback.completed(Caller.NOBODY),
                        new Permissions(member.auth, member.lessor::keys),
                        readers),
                tasks::add);
    }

    /** Commits, applies, reads and answers until nothing more happens. */
    void settle() {
        do {
            runTasks();
            member.commit();
        } while (!tasks.isEmpty());
    }

    /** Runs what is due without committing anything. */
    void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** Runs what the store's threads bring, until a condition holds. */
    void settleUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Runnable task = tasks.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (task == null) {
                throw new AssertionError("nothing happened for " + WAIT_SECONDS + " s");
            }
            task.run();
            settle();
        }
    }

    /** One Lock under way. */
    record Locking(Operation operation, Answer<LockResponse> answer) {
        String key() {
            return answer.result().getKey().toStringUtf8();
        }

        long revision() {
            return answer.result().getHeader().getRevision();
        }
    }

    /** Asks for a lock and lets everything settle. */
    Locking lock(String name, long leaseId) {
        Locking locking = enter(name, leaseId);
        settle();
        return locking;
    }

    /** Asks for a lock; nothing is committed yet. */
    Locking enter(String name, long leaseId) {
        LockRequest request = LockRequest.newBuilder()
                .setName(ApplyHarness.bytes(name))
                .setLease(leaseId)
                .build();
        Answer<LockResponse> answer = new Answer<>();
        return new Locking(Locks.lock(client(), request, answer), answer);
    }

    Answer<UnlockResponse> unlock(String key) {
        Answer<UnlockResponse> answer = new Answer<>();
        ByteString bytes = ApplyHarness.bytes(key);
        Locks.unlock(client(), UnlockRequest.newBuilder().setKey(bytes).build(), answer);
        settle();
        return answer;
    }

    void grant(long... leaseIds) {
        for (long leaseId : leaseIds) {
            member.grant(leaseId, 100);
        }
    }

    void revoke(long leaseId) {
        member.revoke(leaseId).result();
        settle();
    }

    @Override
    public void close() {
        member.close();
    }
}
