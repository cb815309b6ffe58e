package io.etcetera.server.transport.copy;

import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyRequest;
import io.etcetera.proto.peer.CopyStart;
import io.etcetera.server.apply.StateFetcher;
import io.etcetera.server.metrics.CopyMetrics;
import io.etcetera.server.metrics.PeerMetrics;
import io.etcetera.server.metrics.PeerTraffic;
import io.etcetera.server.transport.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches other members' stores. A fetch that breaks off leaves its part in the file, and is continued by the next one if
 * the peer still has the same copy; after a restart of this member it begins anew. One fetch at a time.
 */
public final class StateDownload implements StateFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(StateDownload.class);

    private final Surroundings surroundings;
    private final PeerMetrics metrics;
    private @Nullable CopyFile partial;

    public StateDownload(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.metrics = surroundings.lines().metrics();
    }

    @Override
    public synchronized void fetch(long memberId, long index, Path file) throws IOException, InterruptedException {
        List<String> urls = surroundings.directory().peerUrls(memberId);
        IOException failure = new IOException("the address of member " + Long.toHexString(memberId) + " is not known");
        for (String url : urls) {
            try {
                fetch(memberId, url, index, file);
                return;
            } catch (CopyStream.NotReachedException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private void fetch(long memberId, String url, long index, Path file) throws IOException, InterruptedException {
        CopyFile begun = partial != null && partial.isOf(memberId, file) ? partial : null;
        CopyRequest request = CopyRequest.newBuilder()
                .setIndex(index)
                .setCopyId(begun == null ? "" : begun.copyId())
                .setOffset(begun == null ? 0 : begun.length())
                .build();
        try (CopyStream stream = CopyStream.open(surroundings, memberId, url, request)) {
            CopyStart start = start(stream.next());
            CopyFile target =
                    begun != null && start.getOffset() > 0 && begun.copyId().equals(start.getCopyId())
                            ? begun.continuedAt(start.getOffset())
                            : CopyFile.create(memberId, file, start);
            partial = target;
            LOG.atInfo()
                    .addKeyValue("remote-peer-id", Long.toHexString(memberId))
                    .addKeyValue("bytes", start.getLength())
                    .addKeyValue("offset", start.getOffset())
                    .log("fetching a copy of a peer's store");
            try (CopyMetrics.Transfer transfer = metrics.copies().receiving(memberId)) {
                receive(stream, target, transfer, metrics.traffic(memberId));
                transfer.completed();
                partial = null;
            }
        }
    }

    private static CopyStart start(CopyPart part) throws IOException {
        if (!part.hasStart() || part.getStart().getCopyId().isEmpty()) {
            throw new IOException("a copy does not begin with its start");
        }
        return part.getStart();
    }

    private void receive(CopyStream stream, CopyFile target, CopyMetrics.Transfer transfer, PeerTraffic traffic)
            throws IOException, InterruptedException {
        try (target) {
            while (true) {
                CopyPart part = stream.next();
                traffic.received(part.getSerializedSize());
                if (part.hasChunk()) {
                    target.append(part.getChunk());
                } else if (part.hasEnd()) {
                    finish(target, part, transfer);
                    return;
                } else {
                    throw new IOException("a copy goes on with neither a chunk nor its end");
                }
            }
        }
    }

    private void finish(CopyFile target, CopyPart part, CopyMetrics.Transfer transfer)
            throws IOException, InterruptedException {
        try {
            long begin = transfer.beginSync();
            target.finish(part.getEnd());
            transfer.saved(begin);
        } catch (IOException e) {
            partial = null; // nothing to build on
            throw e;
        }
    }
}
