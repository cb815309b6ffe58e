package io.etcetera.server.apply;

import com.google.protobuf.Message;
import io.etcetera.server.EtcdError;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What came of applying a request. */
sealed interface ApplyResult {

    /** The answer; empty if the request was refused. */
    default Optional<Message> message() {
        if (this instanceof Later later) {
            return later.answer().message();
        }
        return this instanceof Done done ? Optional.of(done.response()) : Optional.empty();
    }

    /** What etcd's metrics and log take for a failure: any refusal, but that what was asked for is compacted. */
    default Optional<String> failure() {
        if (this instanceof Later later) {
            return later.answer().failure();
        }
        return this instanceof Refused refused && refused.error() != EtcdError.COMPACTED
                ? Optional.of(refused.error().text())
                : Optional.empty();
    }

    /** It is done. */
    record Done(Message response) implements ApplyResult {}

    /** It was refused, on every member alike; not a fault. */
    record Refused(EtcdError error) implements ApplyResult {}

    /** The answer is known, but is not to be given before some background work is done. */
    record Later(ApplyResult answer, CompletionStage<Void> work) implements ApplyResult {}

    static ApplyResult done(Message response) {
        return new Done(response);
    }

    static ApplyResult refused(EtcdError error) {
        return new Refused(error);
    }
}
