package io.etcetera.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestHeader;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import org.junit.jupiter.api.Test;

/** Against what etcd 3.7.1 logs; between fields it puts one space or two, as it likes. */
class RequestTextTest {
    private static final PutRequest PUT = PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("a\"b"))
            .setValue(ByteString.copyFromUtf8("secret"))
            .setPrevKv(true)
            .build();

    @Test
    void hidesWhatIsStored() {
        assertThat(RequestText.of(request().setPut(PUT).build()))
                .isEqualTo("header:<ID:18446744073709551615> put:<key:\"a\\\"b\" value_size:6 prev_kv:true >");
    }

    @Test
    void showsTransactionsWithTheirParts() {
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.VALUE)
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setValue(ByteString.copyFromUtf8("xyz")))
                .addSuccess(RequestOp.newBuilder().setRequestPut(PUT))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("z"))))
                .build();

        assertThat(RequestText.of(request().setTxn(txn).build()))
                .isEqualTo("header:<ID:18446744073709551615> txn:<compare:<target:VALUE key:\"a\" value_size:3 >"
                        + " success:<request_put:<key:\"a\\\"b\" value_size:6 prev_kv:true >>"
                        + " failure:<request_range:{key:\"z\"}>>");
    }

    @Test
    void showsLeasesAndTheRest() {
        assertThat(RequestText.of(request()
                        .setLeaseGrant(LeaseGrantRequest.newBuilder().setTTL(50).setID(0x5843))
                        .build()))
                .isEqualTo("header:<ID:18446744073709551615> lease_grant:<ttl:50-second id:0000000000005843>");
        InternalRaftRequest delete = request()
                .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")))
                .build();
        assertThat(RequestText.of(delete)).isEqualTo("header:{ID:18446744073709551615} delete_range:{key:\"k\"}");
        assertThat(RequestNames.of(delete)).isEqualTo("DeleteRange");
    }

    private static InternalRaftRequest.Builder request() {
        return InternalRaftRequest.newBuilder()
                .setHeader(RequestHeader.newBuilder().setID(-1));
    }
}
