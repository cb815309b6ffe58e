package io.etcetera.daemon.acceptance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces what two servers never have in common: IDs, raft terms and indexes, sizes, durations, ports. */
final class Masks {
    /** Names in JSON, {@code -w fields} and {@code -w json} output whose number is masked. */
    private static final Pattern NAMED_NUMBER = Pattern.compile(
            "(\"(?:ClusterID|MemberID|RaftTerm|RaftIndex|RaftAppliedIndex|DBSize|DBSizeInUse|Leader|Lease|ID|LeaseID|cluster_id|member_id"
                    + "|raft_term|raftIndex|raftTerm|raftAppliedIndex|dbSize|dbSizeInUse|leader|lease|id)\" ?: ?)\"?-?\\d{1,20}\"?",
            Pattern.CASE_INSENSITIVE);

    /** One in sixteen has a digit less than sixteen, one in 256 two digits, and so on; no other word is that long. */
    private static final Pattern HEX_ID = Pattern.compile("\\b[0-9a-f]{9,16}\\b");

    /** {@code Member %16x}, {@code cluster %16x}: an ID that begins with a zero is written one digit shorter, after one space more. */
    private static final Pattern PADDED_ID = Pattern.compile("\\b(Member|cluster) +(?=[0-9a-f]{9,16}\\b)");

    private static final Pattern DURATION = Pattern.compile("\\b\\d+(?:\\.\\d+)?(?:ms|µs)\\b");
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:\\d+");

    /** What etcdctl's own log lines say of when and where they were written. */
    private static final Pattern LOG_TIME = Pattern.compile("\"ts\":\"[^\"]*\"");

    private static final Pattern LOG_TARGET = Pattern.compile("etcd-endpoints://0x[0-9a-f]+");

    private Masks() {}

    static String apply(String text) {
        String masked = NAMED_NUMBER.matcher(text).replaceAll("$1N");
        masked = LOG_TIME.matcher(masked).replaceAll("TIME");
        masked = LOG_TARGET.matcher(masked).replaceAll("TARGET");
        masked = DURATION.matcher(masked).replaceAll("DURATION");
        masked = PORT.matcher(masked).replaceAll("HOST:PORT");
        masked = PADDED_ID.matcher(masked).replaceAll("$1 ");
        return numberIds(masked);
    }

    /** The same ID gets the same name wherever it occurs in one output, so that mixing up two IDs is seen. */
    private static String numberIds(String text) {
        Map<String, String> names = new LinkedHashMap<>();
        Matcher matcher = HEX_ID.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String name = names.computeIfAbsent(matcher.group(), id -> "ID" + (names.size() + 1));
            matcher.appendReplacement(out, name);
        }
        return matcher.appendTail(out).toString();
    }
}
