package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Changes one call of a history: its answer, its outcome or its times. The history may be right afterwards too. */
final class Mutation {

    private final Random random;

    Mutation(Random random) {
        this.random = random;
    }

    History of(History history) {
        Call call = history.calls().get(random.nextInt(history.calls().size()));
        return Histories.replace(
                history,
                call,
                switch (random.nextInt(6)) {
                    case 0 -> withOutcome(call, new Outcome.Failed(), history);
                    case 1 -> withOutcome(call, new Outcome.Unknown(), history);
                    case 2 -> withTimes(call, history);
                    case 3 -> withOutcome(call, new Outcome.Ok(Response.absent(revision(history))), history);
                    default -> withOutcome(call, new Outcome.Ok(response(call, history)), history);
                });
    }

    private static Call withOutcome(Call call, Outcome outcome, History history) {
        boolean putOfNothing = call.operation() instanceof Operation.Put
                && outcome instanceof Outcome.Ok ok
                && !ok.response().applied();
        if (putOfNothing) {
            return call;
        }
        boolean unknown = outcome instanceof Outcome.Unknown;
        long returned = unknown || !call.isUnknown() ? call.returned() : lastReturn(history, call.invoked());
        return new Call(call.client(), call.invoked(), unknown ? Call.NEVER : returned, call.operation(), outcome);
    }

    private Call withTimes(Call call, History history) {
        long end = lastReturn(history, call.invoked());
        long invoked = history.origin() + random.nextInt((int) (end - history.origin()) + 1);
        long returned = call.isUnknown() ? Call.NEVER : invoked + random.nextInt(100);
        return new Call(call.client(), invoked, returned, call.operation(), call.outcome());
    }

    private static long lastReturn(History history, long atLeast) {
        return history.calls().stream()
                .mapToLong(Call::returned)
                .filter(time -> time != Call.NEVER)
                .reduce(atLeast, Math::max);
    }

    private Response response(Call call, History history) {
        long revision = revision(history);
        boolean changes = !call.isRead() && random.nextBoolean();
        if (changes || call.operation() instanceof Operation.Put) {
            return Response.changed(revision);
        }
        if (call.operation() instanceof Operation.Delete) {
            return Response.absent(revision);
        }
        return new Response(revision, false, version(history));
    }

    private static long revision(History history) {
        return history.calls().stream()
                .flatMap(call -> call.response().stream())
                .mapToLong(Response::revision)
                .reduce(1, Math::max);
    }

    private Optional<Version> version(History history) {
        List<Version> versions = new ArrayList<>();
        for (Call call : history.calls()) {
            call.response().flatMap(Response::found).ifPresent(versions::add);
            Optional<String> written = call.operation().written();
            if (written.isPresent()) {
                long revision = call.response().map(Response::revision).orElse(2L);
                versions.add(new Version(written.get(), revision));
            }
        }
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(random.nextInt(versions.size())));
    }
}
