package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The engine's answers as bytes: a CRC-32C, a byte that tells an answer (1) from an error (0), then big-endian
 *
 * <pre>
 *   answer:  long term, byte 1 for yes, long index (of the last entry, or of a read)
 *   error:   int code, UTF-8 text
 * </pre>
 */
final class AnswerCodec {
    private static final byte ERROR = 0;
    private static final byte ANSWER = 1;

    private AnswerCodec() {}

    static byte[] encode(Message answer) {
        if (answer instanceof ErrorResponse error) {
            return encodeError(error);
        }
        if (answer instanceof AppendEntriesResponse append) {
            return append.hasErrorResponse()
                    ? encodeError(append.getErrorResponse())
                    : encode(append.getTerm(), append.getSuccess(), append.getLastLogIndex());
        }
        if (answer instanceof RequestVoteResponse vote) {
            return vote.hasErrorResponse()
                    ? encodeError(vote.getErrorResponse())
                    : encode(vote.getTerm(), vote.getGranted(), 0);
        }
        if (answer instanceof InstallSnapshotResponse install) {
            return install.hasErrorResponse()
                    ? encodeError(install.getErrorResponse())
                    : encode(install.getTerm(), install.getSuccess(), 0);
        }
        if (answer instanceof TimeoutNowResponse takeOver) {
            return takeOver.hasErrorResponse()
                    ? encodeError(takeOver.getErrorResponse())
                    : encode(takeOver.getTerm(), takeOver.getSuccess(), 0);
        }
        if (answer instanceof ReadIndexResponse read) {
            return read.hasErrorResponse()
                    ? encodeError(read.getErrorResponse())
                    : encode(0, read.getSuccess(), read.getIndex());
        }
        throw new IllegalArgumentException("not an answer between members: " + answer.getClass());
    }

    private static byte[] encode(long term, boolean yes, long index) {
        return new WireBuffer()
                .putByte(ANSWER)
                .putLong(term)
                .putBoolean(yes)
                .putLong(index)
                .finish();
    }

    private static byte[] encodeError(ErrorResponse error) {
        return new WireBuffer()
                .putByte(ERROR)
                .putInt(error.getErrorCode())
                .putBytes(error.getErrorMsg().getBytes(StandardCharsets.UTF_8))
                .finish();
    }

    /** Whether a member has done what it was asked; an error is none, nor is what cannot be read. */
    static boolean isYes(byte[] answer) {
        try {
            return WireBuffer.read(answer, in -> {
                boolean isAnswer = in.get() == ANSWER;
                if (isAnswer) {
                    in.getLong(); // the term
                }
                return isAnswer && in.get() != 0;
            });
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param request what is answered
     * @throws IOException if the bytes are damaged or not an answer
     */
    static Message decode(byte[] answer, Object request) throws IOException {
        return WireBuffer.read(answer, in -> {
            if (in.get() == ERROR) {
                return ErrorResponse.newBuilder()
                        .setErrorCode(in.getInt())
                        .setErrorMsg(new String(WireBuffer.getBytes(in), StandardCharsets.UTF_8))
                        .build();
            }
            return answerTo(request, in.getLong(), in.get() != 0, in.getLong());
        });
    }

    private static Message answerTo(Object request, long term, boolean yes, long index) {
        if (request instanceof AppendEntriesRequest) {
            return AppendEntriesResponse.newBuilder()
                    .setTerm(term)
                    .setSuccess(yes)
                    .setLastLogIndex(index)
                    .build();
        }
        if (request instanceof RequestVoteRequest) {
            return RequestVoteResponse.newBuilder()
                    .setTerm(term)
                    .setGranted(yes)
                    .build();
        }
        if (request instanceof InstallSnapshotRequest) {
            return InstallSnapshotResponse.newBuilder()
                    .setTerm(term)
                    .setSuccess(yes)
                    .build();
        }
        if (request instanceof TimeoutNowRequest) {
            return TimeoutNowResponse.newBuilder().setTerm(term).setSuccess(yes).build();
        }
        return ReadIndexResponse.newBuilder().setIndex(index).setSuccess(yes).build();
    }
}
