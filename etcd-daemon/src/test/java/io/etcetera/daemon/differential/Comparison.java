package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares what two servers answered. Along the way it takes note of what the answers tell of revisions and leases, for
 * the requests to come. Used by one thread.
 */
final class Comparison {
    private final Symbols symbols;
    private final KnownDifferences known;

    Comparison(Symbols symbols, KnownDifferences known) {
        this.symbols = symbols;
        this.known = known;
    }

    /** What differs, in words, or nothing. */
    Optional<String> compare(Operation.Call call, Answer stock, Answer ours) {
        if (KnownDifferences.excuses(call, stock, ours)) {
            return Optional.empty();
        }
        return checkStatus(stock, ours).or(() -> compareMessages(call, stock, ours));
    }

    /** The same for a malformed call. */
    Optional<String> compare(Operation.RawCall call, Answer stock, Answer ours) {
        if (KnownDifferences.excuses(call, stock, ours)) {
            return Optional.empty();
        }
        Optional<String> difference = checkStatus(stock, ours);
        if (difference.isPresent()) {
            return difference;
        }
        for (Api api : Api.values()) {
            if (api.fullMethodName().equals(call.fullMethodName())) {
                return compareMessages(new Operation.Call(api, sent(api, call)), stock, ours);
            }
        }
        return stock.messages().equals(ours.messages())
                ? Optional.empty()
                : Optional.of("messages of an unknown method differ");
    }

    private static Optional<String> checkStatus(Answer stock, Answer ours) {
        if (isNoAnswer(stock)
                || isNoAnswer(ours)
                || !KnownDifferences.status(stock).equals(KnownDifferences.status(ours))) {
            return Optional.of("stock: " + stock.status() + "\nours:  " + ours.status());
        }
        return Optional.empty();
    }

    /** Statuses that come from the client's side of the connection, or from a server that does not serve. */
    private static boolean isNoAnswer(Answer answer) {
        return answer.code() == Status.Code.UNAVAILABLE || answer.code() == Status.Code.DEADLINE_EXCEEDED;
    }

    /** The request as the servers understood it: both have accepted it if there is an answer to compare. */
    private static Message sent(Api api, Operation.RawCall call) {
        try {
            ByteString bytes = call.messages().isEmpty()
                    ? ByteString.EMPTY
                    : call.messages().get(0);
            return api.requestPrototype().getParserForType().parseFrom(bytes);
        } catch (InvalidProtocolBufferException refused) {
            return api.requestPrototype();
        }
    }

    private Optional<String> compareMessages(Operation.Call call, Answer stock, Answer ours) {
        List<Message> fromStock;
        List<Message> fromOurs;
        try {
            fromStock = parse(call, stock, Server.STOCK);
            fromOurs = parse(call, ours, Server.OURS);
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("an answer is no message of its type: " + e.getMessage());
        }
        fromStock.forEach(this::observe);
        boolean same = fromStock.size() == fromOurs.size();
        for (int i = 0; same && i < fromStock.size(); i++) {
            same = known.same(fromStock.get(i), fromOurs.get(i));
        }
        return same
                ? Optional.empty()
                : Optional.of("stock: " + Texts.of(fromStock) + "\nours:  " + Texts.of(fromOurs));
    }

    private List<Message> parse(Operation.Call call, Answer answer, Server server)
            throws InvalidProtocolBufferException {
        List<Message> messages = new ArrayList<>(answer.messages().size());
        for (ByteString bytes : answer.messages()) {
            Message message = call.api().parseResponse(bytes);
            if (call.request() instanceof LeaseGrantRequest grant
                    && Symbols.isLease(grant.getID())
                    && message instanceof LeaseGrantResponse granted) {
                symbols.granted(server, grant.getID(), granted.getID());
            }
            messages.add(known.without(call.request(), symbols.unresolve(message, server)));
        }
        return messages;
    }

    private void observe(Message answer) {
        FieldDescriptor header = answer.getDescriptorForType().findFieldByName("header");
        if (header != null && answer.getField(header) instanceof ResponseHeader seen) {
            symbols.observeRevision(seen.getRevision());
        }
    }
}
