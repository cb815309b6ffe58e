package io.etcetera.server.transport.http;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.consistency.PeerHash;
import io.etcetera.server.consistency.PeerHashes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the other members for their hashes, each at its peer URLs until one answers. Thread-safe. */
public final class PeerHashClient implements PeerHashes {
    private static final Logger log = LoggerFactory.getLogger(PeerHashClient.class);

    private final Membership membership;
    private final PeerHttpClient http;
    private final Duration timeout;

    /** @param timeout of the question at one URL */
    public PeerHashClient(Membership membership, PeerHttpClient http, Duration timeout) {
        this.membership = membership;
        this.http = http;
        this.timeout = timeout;
    }

    @Override
    public List<PeerHash> at(long revision) throws InterruptedException {
        List<PeerHash> answers = new ArrayList<>();
        for (Member member : membership.members()) {
            if (member.getID() != membership.memberId() && member.getPeerURLsCount() > 0) {
                answers.add(new PeerHash(member.getID(), member.getPeerURLsList(), ask(member, revision)));
            }
        }
        return answers;
    }

    private PeerHash.Answer ask(Member member, long revision) throws InterruptedException {
        PeerHash.Answer answer = new PeerHash.Silent("no peer URL");
        for (String url : member.getPeerURLsList()) {
            String problem;
            try {
                answer = http.hash(url, membership.clusterId(), revision, timeout);
                if (answer instanceof PeerHash.Hashed) {
                    return answer;
                }
                problem = answer.toString();
            } catch (IOException e) {
                answer = new PeerHash.Silent(String.valueOf(e.getMessage()));
                problem = e.toString();
            }
            log.atWarn()
                    .addKeyValue("local-member-id", Long.toHexString(membership.memberId()))
                    .addKeyValue("requested-revision", revision)
                    .addKeyValue("remote-peer-endpoint", url)
                    .addKeyValue("error", problem)
                    .log("failed hash kv request");
        }
        return answer;
    }
}
