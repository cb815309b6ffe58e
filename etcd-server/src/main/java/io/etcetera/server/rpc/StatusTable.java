package io.etcetera.server.rpc;

import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.grpc.Status;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where an error becomes a gRPC status. */
public final class StatusTable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusTable.class);
    private static final Map<EtcdError, Status> STATUSES = statuses();
    private static final Set<EtcdError> CODE_KEPT =
            EnumSet.of(EtcdError.DEADLINE_EXCEEDED, EtcdError.CANCELED, EtcdError.STOPPED, EtcdError.INTERNAL);

    private StatusTable() {}

    /** What a client is told. */
    public static Status of(EtcdError error) {
        Status status = STATUSES.get(error);
        return status != null ? status : Status.UNKNOWN.withDescription(error.text());
    }

    /**
     * What a client of a lock or an election is told. There, etcd is a client of its own, which takes off the codes of
     * the errors it knows: clients see Unknown. What ends a call for reasons outside of it keeps its code.
     */
    public static Status ofSecondHand(EtcdError error) {
        return CODE_KEPT.contains(error) ? of(error) : Status.UNKNOWN.withDescription(error.text());
    }

    /** Maps whatever a handler threw. What is not an answer is a fault of ours: logged in full, told without detail. */
    public static Status of(Throwable cause, String what) {
        if (cause instanceof EtcdException e) {
            return of(e.error());
        }
        if (cause instanceof MessageTooLargeException e) {
            return e.status();
        }
        if (cause instanceof DefragmentationException || cause instanceof StoreSnapshotException) {
            // Whatever keeps etcd from such work is told in its own words, without a better code.
            return Status.UNKNOWN.withDescription(cause.getMessage());
        }
        LOG.error("request failed: {}", what, cause);
        return of(EtcdError.INTERNAL);
    }

    private static Map<EtcdError, Status> statuses() {
        Map<EtcdError, Status> all = new EnumMap<>(EtcdError.class);
        for (EtcdError error : EtcdError.values()) {
            all.put(error, code(error).toStatus().withDescription(error.text()));
        }
        return all;
    }

    private static Status.Code code(EtcdError error) {
        return switch (error) {
            case EMPTY_KEY,
                    KEY_NOT_FOUND,
                    VALUE_PROVIDED,
                    LEASE_PROVIDED,
                    TOO_MANY_OPS,
                    DUPLICATE_KEY,
                    INVALID_CLIENT_API_VERSION,
                    INVALID_SORT_OPTION,
                    MEMBER_BAD_URLS,
                    WRONG_DOWNGRADE_VERSION_FORMAT,
                    INVALID_DOWNGRADE_TARGET_VERSION,
                    REQUEST_TOO_LARGE,
                    USER_EMPTY,
                    ROLE_EMPTY,
                    AUTH_FAILED,
                    PERMISSION_NOT_GIVEN,
                    INVALID_AUTH_MGMT,
                    AUTH_OLD_REVISION -> Status.Code.INVALID_ARGUMENT;
            case COMPACTED, FUTURE_REVISION, LEASE_TTL_TOO_LARGE -> Status.Code.OUT_OF_RANGE;
            case NO_SPACE -> Status.Code.RESOURCE_EXHAUSTED;
            case LEASE_NOT_FOUND, MEMBER_NOT_FOUND -> Status.Code.NOT_FOUND;
            case LEASE_EXISTS,
                    NOT_LEADER,
                    BAD_LEADER_TRANSFEREE,
                    MEMBER_EXISTS,
                    PEER_URL_EXISTS,
                    MEMBER_NOT_LEARNER,
                    LEARNER_NOT_READY,
                    TOO_MANY_LEARNERS,
                    CLUSTER_VERSION_UNAVAILABLE,
                    DOWNGRADE_IN_PROCESS,
                    NO_INFLIGHT_DOWNGRADE,
                    NOT_SUPPORTED_FOR_LEARNER,
                    ROOT_USER_NOT_EXIST,
                    ROOT_ROLE_NOT_EXIST,
                    USER_EXISTS,
                    USER_NOT_FOUND,
                    ROLE_EXISTS,
                    ROLE_NOT_FOUND,
                    ROLE_NOT_GRANTED,
                    PERMISSION_NOT_GRANTED,
                    AUTH_NOT_ENABLED -> Status.Code.FAILED_PRECONDITION;
            case WATCH_CANCELED, CANCELED -> Status.Code.CANCELLED;
            case NO_LEADER,
                    LEADER_CHANGED,
                    STOPPED,
                    TIMEOUT,
                    TIMEOUT_DUE_TO_LEADER_FAIL,
                    TIMEOUT_DUE_TO_CONNECTION_LOST,
                    TIMEOUT_WAIT_APPLIED_INDEX,
                    UNHEALTHY -> Status.Code.UNAVAILABLE;
            // etcd has a better code for it in its table, but never finds it there: Unknown is what clients see.
            case TOO_MANY_REQUESTS,
                    NOT_PRIMARY_LESSOR,
                    PROPOSAL_DROPPED,
                    MEMBER_NOT_ENOUGH_STARTED,
                    UNKNOWN_METHOD,
                    TIMEOUT_LEADER_TRANSFER,
                    NO_PASSWORD_USER,
                    VERIFY_ONLY,
                    PASSWORD_TOO_LONG -> Status.Code.UNKNOWN;
            case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
            case INVALID_AUTH_TOKEN -> Status.Code.UNAUTHENTICATED;
            case SESSION_EXPIRED, ELECTION_NOT_LEADER, ELECTION_NO_LEADER, LEADER_MISSING -> Status.Code.UNKNOWN;
            case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
            case CORRUPT -> Status.Code.DATA_LOSS;
            case STREAM_SORT_UNSUPPORTED, STREAM_FILTER_UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }
}
