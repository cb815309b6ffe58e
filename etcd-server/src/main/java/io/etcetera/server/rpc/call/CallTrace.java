package io.etcetera.server.rpc.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.apply.ReadOnlyTxn;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.text.GoDuration;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Where the time of a call went, in the shape of etcd's traces. Of their steps there are those that mean something here: the
 * wait for the moment from which on the store may be read, the reading, and the way through the log.
 *
 * @param operation what etcd calls it
 * @param waiting what is waited for at first
 * @param working what is done then; empty if there is only the waiting
 */
record CallTrace(String operation, Map<String, Object> detail, String waiting, String working) {
    private static final int HEADER_FIELD = 1;
    private static final String AGREEMENT = "agreement among raft nodes before linearized reading";
    private static final String PROPOSAL = "process raft request";

    /** Nothing for calls that etcd does not trace. */
    static Optional<CallTrace> of(Object request, Optional<Outbound> answer) {
        Map<String, Object> detail = new LinkedHashMap<>();
        @Nullable CallTrace trace = null;
        if (request instanceof RangeRequest range) {
            detail.put("range_begin", text(range.getKey()));
            detail.put("range_end", text(range.getRangeEnd()));
            answer.ifPresent(ranged -> detail.put("response_count", ranged.records()));
            trace = new CallTrace("range", detail, AGREEMENT, "range keys and assemble the response");
        } else if (request instanceof PutRequest put) {
            detail.put("key", text(put.getKey()));
            detail.put("req_size", put.getSerializedSize());
            trace = new CallTrace("put", detail, PROPOSAL, "");
        } else if (request instanceof DeleteRangeRequest delete) {
            detail.put("key", text(delete.getKey()));
            detail.put("range_end", text(delete.getRangeEnd()));
            trace = new CallTrace("delete_range", detail, PROPOSAL, "");
        } else if (request instanceof TxnRequest txn) {
            boolean readOnly = ReadOnlyTxn.isReadOnly(txn);
            detail.put("read_only", readOnly);
            trace = readOnly
                    ? new CallTrace("transaction", detail, AGREEMENT, "range keys and assemble the response")
                    : new CallTrace("transaction", detail, PROPOSAL, "");
        } else if (request instanceof CompactionRequest compaction) {
            detail.put("revision", compaction.getRevision());
            trace = new CallTrace("compact", detail, PROPOSAL, "");
        }
        answer.flatMap(CallTrace::revision).ifPresent(revision -> detail.put("response_revision", revision));
        return Optional.ofNullable(trace);
    }

    private static String text(ByteString key) {
        return key.toStringUtf8();
    }

    /** All answers begin with a header. */
    private static Optional<Long> revision(Outbound answer) {
        CodedInputStream input = CodedInputStream.newInstance(answer.beginning());
        try {
            return WireFormat.getTagFieldNumber(input.readTag()) == HEADER_FIELD
                    ? Optional.of(
                            ResponseHeader.parseFrom(input.readByteArray()).getRevision())
                    : Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("an answer of this server's own", e);
        }
    }

    /** @param waited how long the first step took; 0 if it was none, or all of it */
    void log(Logger logger, Instant end, Duration took, Duration waited) {
        List<String> steps = steps(took, working.isEmpty() ? took : waited);
        logger.atInfo()
                .addKeyValue("trace_id", ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE))
                .addKeyValue("operation", operation)
                .addKeyValue(
                        "detail",
                        detail.entrySet().stream()
                                .map(field -> field.getKey() + ":" + field.getValue() + "; ")
                                .collect(Collectors.joining("", "{", "}")))
                .addKeyValue("duration", took)
                .addKeyValue("start", end.minus(took))
                .addKeyValue("end", end)
                .addKeyValue("steps", steps)
                .addKeyValue("step_count", steps.size())
                .log("trace");
    }

    /** As in etcd, steps that took no good part of the threshold are left out. */
    private List<String> steps(Duration took, Duration waited) {
        Duration least = SlowCalls.TRACED.dividedBy(working.isEmpty() ? 2 : 3);
        List<String> steps = new ArrayList<>();
        if (waited.compareTo(least) > 0) {
            steps.add(step(waiting, waited));
        }
        if (took.minus(waited).compareTo(least) > 0) {
            steps.add(step(working, took.minus(waited)));
        }
        return steps;
    }

    private static String step(String what, Duration took) {
        return "'" + what + "'  (duration: " + GoDuration.format(took) + ")";
    }
}
