package io.etcetera.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusTableTest {
    @ParameterizedTest
    @CsvSource({
        "EMPTY_KEY, INVALID_ARGUMENT, etcdserver: key is not provided",
        "KEY_NOT_FOUND, INVALID_ARGUMENT, etcdserver: key not found",
        "VALUE_PROVIDED, INVALID_ARGUMENT, etcdserver: value is provided",
        "LEASE_PROVIDED, INVALID_ARGUMENT, etcdserver: lease is provided",
        "TOO_MANY_OPS, INVALID_ARGUMENT, etcdserver: too many operations in txn request",
        "DUPLICATE_KEY, INVALID_ARGUMENT, etcdserver: duplicate key given in txn request",
        "INVALID_CLIENT_API_VERSION, INVALID_ARGUMENT, etcdserver: invalid client api version",
        "INVALID_SORT_OPTION, INVALID_ARGUMENT, etcdserver: invalid sort option",
        "COMPACTED, OUT_OF_RANGE, etcdserver: mvcc: required revision has been compacted",
        "FUTURE_REVISION, OUT_OF_RANGE, etcdserver: mvcc: required revision is a future revision",
        "NO_SPACE, RESOURCE_EXHAUSTED, etcdserver: mvcc: database space exceeded",
        "LEASE_NOT_FOUND, NOT_FOUND, etcdserver: requested lease not found",
        "LEASE_EXISTS, FAILED_PRECONDITION, etcdserver: lease already exists",
        "LEASE_TTL_TOO_LARGE, OUT_OF_RANGE, etcdserver: too large lease TTL",
        "NOT_PRIMARY_LESSOR, UNKNOWN, not a primary lessor",
        "WATCH_CANCELED, CANCELLED, etcdserver: watch canceled",
        "REQUEST_TOO_LARGE, INVALID_ARGUMENT, etcdserver: request is too large",
        "TOO_MANY_REQUESTS, UNKNOWN, etcdserver: too many requests",
        "NO_LEADER, UNAVAILABLE, etcdserver: no leader",
        "NOT_LEADER, FAILED_PRECONDITION, etcdserver: not leader",
        "LEADER_CHANGED, UNAVAILABLE, etcdserver: leader changed",
        "STOPPED, UNAVAILABLE, etcdserver: server stopped",
        "TIMEOUT, UNAVAILABLE, etcdserver: request timed out",
        "TIMEOUT_DUE_TO_LEADER_FAIL, UNAVAILABLE,"
                + " 'etcdserver: request timed out, possibly due to previous leader failure'",
        "TIMEOUT_DUE_TO_CONNECTION_LOST, UNAVAILABLE,"
                + " 'etcdserver: request timed out, possibly due to connection lost'",
        "TIMEOUT_WAIT_APPLIED_INDEX, UNAVAILABLE,"
                + " 'etcdserver: request timed out, waiting for the applied index took too long'",
        "PROPOSAL_DROPPED, UNKNOWN, raft proposal dropped",
        "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED, context deadline exceeded",
        "CORRUPT, DATA_LOSS, etcdserver: corrupt cluster",
        "STREAM_SORT_UNSUPPORTED, UNIMPLEMENTED, RangeStream does not support custom sort orders",
        "STREAM_FILTER_UNSUPPORTED, UNIMPLEMENTED, RangeStream does not support revision filters",
        "MEMBER_NOT_FOUND, NOT_FOUND, etcdserver: member not found",
        "BAD_LEADER_TRANSFEREE, FAILED_PRECONDITION, etcdserver: bad leader transferee",
        "SESSION_EXPIRED, UNKNOWN, mutex: session is expired",
        "ELECTION_NOT_LEADER, UNKNOWN, election: not leader",
        "ELECTION_NO_LEADER, UNKNOWN, election: no leader",
        "LEADER_MISSING, UNKNOWN, '\"leader\" field must be provided'",
        "CANCELED, CANCELLED, context canceled",
        "INTERNAL, INTERNAL, etcdserver: internal error",
    })
    void codesAndTexts(EtcdError error, Status.Code code, String text) {
        Status status = StatusTable.of(error);
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo(text);
        assertThat(StatusTable.of(new EtcdException(error), "test")).isSameAs(status);
    }

    @ParameterizedTest
    @EnumSource
    void everyErrorHasItsText(EtcdError error) {
        assertThat(StatusTable.of(error).getDescription()).isEqualTo(error.text());
    }

    @ParameterizedTest
    @CsvSource({
        "LEASE_NOT_FOUND, UNKNOWN",
        "EMPTY_KEY, UNKNOWN",
        "NO_SPACE, UNKNOWN",
        "LEADER_CHANGED, UNKNOWN",
        "SESSION_EXPIRED, UNKNOWN",
        "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
        "CANCELED, CANCELLED",
        "STOPPED, UNAVAILABLE",
        "INTERNAL, INTERNAL",
    })
    void locksAndElectionsHideMostCodes(EtcdError error, Status.Code code) {
        Status status = StatusTable.ofSecondHand(error);
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo(error.text());
    }

    @Test
    void faultsAreToldWithoutDetail() {
        Status status = StatusTable.of(new IllegalStateException("secret"), "test");
        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription()).isEqualTo("etcdserver: internal error");
        assertThat(status.getCause()).isNull();
    }
}
