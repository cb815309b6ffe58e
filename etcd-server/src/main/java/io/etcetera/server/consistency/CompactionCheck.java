package io.etcetera.server.consistency;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what compactions have hashed: all members compact at the same revisions, so these hashes exist already and cost nothing.
 * Goes from the newest to older ones until all members have the same one, or some differ. Then the majority is right, and an alarm
 * names the others; without a majority it names nobody. One thread.
 */
final class CompactionCheck {
    private static final Logger log = LoggerFactory.getLogger(CompactionCheck.class);

    private final CheckParts parts;
    private final CorruptAlarm alarm;
    private long latestChecked;

    CompactionCheck(CheckParts parts) {
        this.parts = parts;
        this.alarm = new CorruptAlarm(parts.proposer());
    }

    void run() throws InterruptedException {
        log.atInfo()
                .addKeyValue("local-member-id", parts.self())
                .addKeyValue("timeout", parts.timeout())
                .log("starting compact hash check");
        int checked = 0;
        for (KvHash hash : parts.own().ofCompactions()) {
            if (hash.revision() <= latestChecked) {
                break;
            }
            checked++;
            List<PeerHash> answers = parts.peers().at(hash.revision());
            if (!answers.isEmpty() && isSettled(hash, answers)) {
                break;
            }
        }
        log.atInfo().addKeyValue("number-of-hashes-checked", checked).log("finished compaction hash check");
    }

    /** Whether an older hash has nothing to add. */
    private boolean isSettled(KvHash hash, List<PeerHash> answers) {
        Map<Integer, List<Long>> membersByCrc = new TreeMap<>(Integer::compareUnsigned);
        membersByCrc.computeIfAbsent(hash.crc(), crc -> new ArrayList<>()).add(parts.memberId());
        int compared = 0;
        for (PeerHash peer : answers) {
            Optional<String> skipped = reasonToSkip(hash, peer);
            if (skipped.isPresent()) {
                log.atWarn()
                        .addKeyValue("number-of-peers", answers.size())
                        .addKeyValue("leader-id", parts.self())
                        .addKeyValue("peer-id", Long.toHexString(peer.memberId()))
                        .addKeyValue("reason", skipped.get())
                        .log("Skipped peer's hash");
            } else if (peer.answer() instanceof PeerHash.Hashed hashed) {
                compared++;
                membersByCrc
                        .computeIfAbsent(hashed.result().hash().crc(), crc -> new ArrayList<>())
                        .add(peer.memberId());
            }
        }
        if (membersByCrc.size() == 1) {
            return isAgreed(hash, compared, answers.size());
        }
        blame(hash, membersByCrc, (answers.size() + 1) / 2 + 1);
        return true;
    }

    private static Optional<String> reasonToSkip(KvHash hash, PeerHash peer) {
        if (!(peer.answer() instanceof PeerHash.Hashed hashed)) {
            return Optional.of("no response");
        }
        KvHashResult theirs = hashed.result();
        return theirs.hash().compactRevision() == hash.compactRevision()
                ? Optional.empty()
                : Optional.of("the peer's CompactRevision " + theirs.hash().compactRevision()
                        + " doesn't match leader's CompactRevision " + hash.compactRevision());
    }

    private boolean isAgreed(KvHash hash, int compared, int others) {
        boolean all = compared == others;
        if (all) {
            log.atInfo()
                    .addKeyValue("number-of-peers-checked", compared)
                    .addKeyValue("revision", hash.revision())
                    .addKeyValue("compactRevision", hash.compactRevision())
                    .log("successfully checked hash on whole cluster");
            latestChecked = Math.max(latestChecked, hash.revision());
        } else {
            log.atWarn()
                    .addKeyValue("number-of-peers-checked", compared)
                    .addKeyValue("number-of-peers", others)
                    .addKeyValue("revision", hash.revision())
                    .addKeyValue("compactRevision", hash.compactRevision())
                    .log("skipped revision in compaction hash check; was not able to check all peers");
        }
        return all;
    }

    private void blame(KvHash hash, Map<Integer, List<Long>> membersByCrc, int quorum) {
        boolean majority = membersByCrc.values().removeIf(members -> members.size() >= quorum);
        if (!majority) {
            log.atError()
                    .addKeyValue("leader-id", parts.self())
                    .addKeyValue("leader-revision", hash.revision())
                    .addKeyValue("leader-compact-revision", hash.compactRevision())
                    .addKeyValue("leader-hash", Integer.toUnsignedLong(hash.crc()))
                    .log("Detected compaction hash mismatch but cannot identify the corrupted members, so"
                            + " intentionally set the memberID as 0");
            alarm.raise(CorruptAlarm.ALL);
        }
        membersByCrc.forEach((crc, members) -> {
            if (majority) {
                members.forEach(alarm::raise);
            }
            log.atError()
                    .addKeyValue("leader-id", parts.self())
                    .addKeyValue("leader-revision", hash.revision())
                    .addKeyValue("leader-compact-revision", hash.compactRevision())
                    .addKeyValue("leader-hash", Integer.toUnsignedLong(hash.crc()))
                    .addKeyValue("peer-hash", Integer.toUnsignedLong(crc))
                    .addKeyValue(
                            "peer-ids", members.stream().map(Long::toHexString).collect(Collectors.joining(",")))
                    .addKeyValue("quorum-exist", majority)
                    .log("Detected compaction hash mismatch");
        });
    }
}
