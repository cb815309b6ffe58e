package io.etcetera.server.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.DeepStack;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions in one another, on an apply thread whose stack is of no particular size: this one. */
class DeepTxnTest {
    /** With the put in the innermost one, and the log's own message around all: as deep as may be. */
    private static final int DEEPEST = DeepStack.MAX_NESTING / 2;

    private ApplyHarness member;

    @BeforeEach
    void open(@TempDir Path directory) {
        member = new ApplyHarness(directory);
    }

    @AfterEach
    void close() {
        member.close();
    }

    @Test
    void theDeepestIsApplied() {
        Answer<Message> answer = new Answer<>();
        DeepStack.run(
                () -> member.proposer.propose(InternalRaftRequest.newBuilder().setTxn(nested(DEEPEST)), answer));

        member.commit();

        assertThat(member.failures).isEmpty();
        assertThat(member.everything()).containsExactly("deep=down");
        TxnResponse response = (TxnResponse) answer.result();
        int levels = 1;
        while (response.getResponses(0).hasResponseTxn()) {
            response = response.getResponses(0).getResponseTxn();
            levels++;
        }
        assertThat(levels).isEqualTo(DEEPEST);
        assertThat(response.getResponses(0).hasResponsePut()).isTrue();
    }

    @Test
    void whatComesAfterItIsAppliedAsEver() {
        member.put("before", "1");
        Answer<Message> deep = new Answer<>();
        DeepStack.run(
                () -> member.proposer.propose(InternalRaftRequest.newBuilder().setTxn(nested(200)), deep));
        Answer<Message> after = new Answer<>();
        member.proposer.propose(
                InternalRaftRequest.newBuilder().setPut(ApplyHarness.putRequest("deep", "after")), after);

        member.commit();

        assertThat(deep.result()).isInstanceOf(TxnResponse.class);
        assertThat(after.isGiven()).isTrue();
        assertThat(member.everything()).containsExactly("before=1", "deep=after");
    }

    private static TxnRequest nested(int levels) {
        TxnRequest txn = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(ApplyHarness.putRequest("deep", "down")))
                .build();
        for (int level = 1; level < levels; level++) {
            txn = TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestTxn(txn))
                    .build();
        }
        return txn;
    }
}
