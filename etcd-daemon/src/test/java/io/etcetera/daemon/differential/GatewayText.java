package io.etcetera.daemon.differential;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers of the JSON gateway, without what differs from one member to the next. */
final class GatewayText {
    /** What a member makes up, or what says how large and how old it is, or how long a lease still has. */
    private static final Pattern OF_ITS_OWN = Pattern.compile(
            "(\"(?:cluster_id|member_id|raft_term|leader|raftIndex|raftTerm|raftAppliedIndex|dbSize|dbSizeInUse|hash"
                    + "|memberID)\":)(?:\"[0-9]+\"|[0-9]+)|(\"ID\":)\"[0-9]{9,}\"|(\"(?:peerURLs|clientURLs)\":)\\[[^]]*]"
                    + "|(\"TTL\":)\"[0-9]+\"(?=,\"grantedTTL\":)");

    /** Go's protobuf puts a space behind commas, or none, and one kind of space or another into its errors. */
    private static final Pattern SPACE_AFTER_COMMA = Pattern.compile(", (?=[\"{\\[0-9])");

    private GatewayText() {}

    static String masked(String text) {
        String spaced =
                SPACE_AFTER_COMMA.matcher(text.replace((char) 0xa0, ' ')).replaceAll(",");
        return OF_ITS_OWN
                .matcher(spaced)
                .replaceAll(own -> Matcher.quoteReplacement(Stream.of(1, 2, 3, 4)
                        .map(own::group)
                        .filter(group -> group != null)
                        .collect(Collectors.joining())));
    }
}
