package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where large messages are split, if the watch allows it. Grouping does not depend on time here. */
class WatchFragmentsIT {
    private static final long WAIT_SECONDS = 120;
    private static final ByteString PREFIX = ByteString.copyFromUtf8("k");
    private static final ByteString PREFIX_END = ByteString.copyFromUtf8("l");
    private static final int KEYS = 4;

    private final Arrivals arrivals = new Arrivals();
    private FastDirectory directory;
    private TwoServers servers;

    @BeforeEach
    void start() throws Exception {
        directory = FastDirectory.create("watch-fragments");
        servers = TwoServers.start(directory.path());
    }

    @AfterEach
    void stop() throws Exception {
        servers.close();
        directory.close();
    }

    /** Four events of one revision, which with the values they replace are too large for one message. */
    @Test
    void aLiveRevisionIsSplitAlike() throws Exception {
        List<String> stock = splitRevision(servers.stock());
        assertThat(stock).hasSizeGreaterThan(1);
        assertThat(splitRevision(servers.ours())).isEqualTo(stock);
    }

    /** Six revisions, less than what this server delivers at once. */
    @Test
    void historyIsSplitAlike() throws Exception {
        for (boolean fragment : new boolean[] {true, false}) {
            List<String> stock = history(servers.stock(), fragment);
            assertThat(stock).hasSize(fragment ? 3 : 1);
            assertThat(history(servers.ours(), fragment)).isEqualTo(stock);
        }
    }

    private List<String> splitRevision(GrpcClient server) throws InterruptedException {
        server.kv().txn(putAll(340_000, 'a'));
        RawStream stream = watch(server, 0, true);
        long revision = server.kv().txn(putAll(340_000, 'b')).getHeader().getRevision();
        return layout(stream, revision);
    }

    private List<String> history(GrpcClient server, boolean fragment) throws InterruptedException {
        long first = 0;
        long last = 0;
        for (int i = 0; i < 6; i++) {
            last = server.kv()
                    .put(put(PREFIX, 800_000 + i * 1000, 'c'))
                    .getHeader()
                    .getRevision();
            first = first == 0 ? last : first;
        }
        return layout(watch(server, first, fragment), last);
    }

    private RawStream watch(GrpcClient server, long startRevision, boolean fragment) throws InterruptedException {
        RawStream stream = RawStream.open(new RawCaller(server.channel()), arrivals);
        stream.send(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(PREFIX)
                        .setRangeEnd(PREFIX_END)
                        .setStartRevision(startRevision)
                        .setPrevKv(startRevision == 0)
                        .setFragment(fragment))
                .build()
                .toByteString());
        assertThat(next(stream).getCreated()).isTrue();
        return stream;
    }

    /** Each message up to the one that ends a revision: whether more follow, its events, and its size. */
    private List<String> layout(RawStream stream, long lastRevision) throws InterruptedException {
        List<String> messages = new ArrayList<>();
        boolean complete = false;
        while (!complete) {
            WatchResponse message = next(stream);
            long revision =
                    message.getEvents(message.getEventsCount() - 1).getKv().getModRevision();
            int bytes = message.toBuilder().clearHeader().build().getSerializedSize();
            messages.add("fragment " + message.getFragment() + ", " + message.getEventsCount() + " events to "
                    + revision + ", " + bytes + " bytes");
            complete = revision == lastRevision && !message.getFragment();
        }
        stream.cancel();
        return messages;
    }

    private WatchResponse next(RawStream stream) throws InterruptedException {
        return stream.next(System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS))
                .orElseThrow(() -> new AssertionError("no message in time; end: " + stream.end()));
    }

    private static TxnRequest putAll(int valueBytes, char letter) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < KEYS; i++) {
            ByteString key = PREFIX.concat(ByteString.copyFromUtf8(Integer.toString(i)));
            txn.addSuccess(RequestOp.newBuilder().setRequestPut(put(key, valueBytes, letter)));
        }
        return txn.build();
    }

    private static PutRequest put(ByteString key, int valueBytes, char letter) {
        return PutRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(String.valueOf(letter).repeat(valueBytes)))
                .build();
    }
}
