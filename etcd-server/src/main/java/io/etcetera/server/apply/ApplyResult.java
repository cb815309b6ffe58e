package io.etcetera.server.apply;

import com.google.protobuf.Message;
import io.etcetera.server.EtcdError;
import java.util.concurrent.CompletionStage;

/** What came of applying a request. */
sealed interface ApplyResult {

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
