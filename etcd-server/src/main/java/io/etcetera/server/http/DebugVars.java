package io.etcetera.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.text.JsonStrings;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * {@code GET /debug/vars}: a few variables of the process as JSON. Of Go's memory statistics, it has those that mean
 * something here; of the state of the log, all but the vote.
 */
final class DebugVars {
    private static final long UNKNOWN_LIMIT = 0;

    private final MemberParts member;

    DebugVars(MemberParts member) {
        this.member = member;
    }

    String json() {
        return "{\n\"cmdline\": " + commandLine() + ",\n\"file_descriptor_limit\": " + fileLimit() + ",\n\"memstats\": "
                + memory() + ",\n\"raft.status\": " + raft() + "\n}\n";
    }

    private static String commandLine() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        return Stream.concat(
                        info.command().stream(), Arrays.stream(info.arguments().orElse(new String[0])))
                .map(JsonStrings::quote)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static long fileLimit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : UNKNOWN_LIMIT;
    }

    private static String memory() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        MemoryUsage other = memory.getNonHeapMemoryUsage();
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        long collections = collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
        long collectionMillis = collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
        return "{\"Alloc\":" + heap.getUsed() + ",\"Sys\":" + (heap.getCommitted() + other.getCommitted())
                + ",\"HeapAlloc\":" + heap.getUsed() + ",\"HeapSys\":" + heap.getCommitted() + ",\"HeapIdle\":"
                + (heap.getCommitted() - heap.getUsed()) + ",\"HeapInuse\":" + heap.getUsed() + ",\"PauseTotalNs\":"
                + 1_000_000 * collectionMillis + ",\"NumGC\":" + collections + "}";
    }

    private String raft() {
        RaftNode raft = member.raft();
        long id = member.membership().memberId();
        return "{\"id\":" + hex(id) + ",\"term\":" + raft.term() + ",\"commit\":" + raft.committedIndex() + ",\"lead\":"
                + hex(raft.leaderId()) + ",\"raftState\":\"" + (raft.isLeader() ? "StateLeader" : "StateFollower")
                + "\",\"applied\":" + member.appliedIndex().getAsLong() + ",\"progress\":{"
                + (raft.isLeader() ? progress(raft, id) : "") + "},\"leadtransferee\":\"0\"}";
    }

    private static String progress(RaftNode raft, long id) {
        RaftMembers members = raft.members();
        return LongStream.concat(
                        members.voters().stream().mapToLong(Long::longValue),
                        members.learners().stream().mapToLong(Long::longValue))
                .mapToObj(member -> {
                    long match = member == id
                            ? raft.committedIndex()
                            : raft.matchIndex(member).orElse(0);
                    return hex(member) + ":{\"match\":" + match + ",\"next\":" + (match + 1)
                            + ",\"state\":\"StateReplicate\"}";
                })
                .collect(Collectors.joining(","));
    }

    private static String hex(long id) {
        return '"' + Long.toHexString(id) + '"';
    }
}
