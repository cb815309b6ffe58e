package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;

/**
 * All that a server said in one call.
 *
 * @param messages as they came
 * @param description the text of the status, empty if it has none
 */
record Answer(List<ByteString> messages, Status.Code code, String description) {
    String status() {
        return description.isEmpty() ? code.name() : code + " " + description;
    }
}
