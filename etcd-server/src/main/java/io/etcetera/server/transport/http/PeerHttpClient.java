package io.etcetera.server.transport.http;

import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.cluster.boot.RemoteCluster;
import io.etcetera.server.consistency.PeerHash;
import io.etcetera.server.net.DialAddress;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.tls.ClientTls;
import io.etcetera.server.tls.MemberTls;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks other members over HTTP, on a connection for each question: a member asks a few times while it starts, and once in
 * minutes for hashes. On the event loops that are there anyway: a client of Java's own would bring threads, classes, and all the
 * CAs of the system with it. Thread-safe.
 */
public final class PeerHttpClient implements RemoteCluster {
    private static final String CLUSTER_ID = "X-Etcd-Cluster-ID";
    private static final int HEX = 16;

    private final EventLoops loops;
    private final MemberTls tls;

    /** @param tls for https URLs */
    public PeerHttpClient(EventLoops loops, MemberTls tls) {
        this.loops = loops;
        this.tls = tls;
    }

    @Override
    public View members(String peerUrl, Duration timeout) throws IOException, InterruptedException {
        HttpQuestion.Answer answer = get(peerUrl, "/members", timeout);
        String clusterId = answer.header(CLUSTER_ID)
                .orElseThrow(() -> new IOException(peerUrl + "/members does not say which cluster it is"));
        try {
            return new View(Long.parseUnsignedLong(clusterId, HEX), PeerJson.parseMembers(answer.text()));
        } catch (IllegalArgumentException e) {
            throw new IOException(peerUrl + "/members cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String clusterVersion(String peerUrl, Duration timeout) throws IOException, InterruptedException {
        try {
            return PeerJson.parseClusterVersion(
                    get(peerUrl, "/version", timeout).text());
        } catch (IllegalArgumentException e) {
            throw new IOException(peerUrl + "/version cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * What the member at this URL hashes up to a revision.
     *
     * @param clusterId the member has to be of this cluster
     * @throws IOException if there is no answer in time, or none that a member gives
     */
    PeerHash.Answer hash(String peerUrl, long clusterId, long revision, Duration timeout)
            throws IOException, InterruptedException {
        HttpQuestion question = HttpQuestion.get(address(peerUrl), "/members/hashkv")
                .with("Content-Type", "application/json")
                .with(CLUSTER_ID, Long.toHexString(clusterId))
                .with("{\"revision\":" + revision + "}");
        HttpQuestion.Answer answer = ask(question, timeout);
        String text = answer.text();
        if (answer.status() == 400 && text.contains("required revision has been compacted")) {
            return new PeerHash.Compacted();
        } else if (answer.status() == 400 && text.contains("required revision is a future revision")) {
            return new PeerHash.Behind();
        } else if (answer.status() == 412 && text.contains("cluster ID mismatch")) {
            return new PeerHash.OtherCluster();
        } else if (answer.status() != 200) {
            throw new IOException("unknown error: " + text);
        }
        try {
            return new PeerHash.Hashed(PeerJson.parseHash(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(peerUrl + "/members/hashkv cannot be read: " + e.getMessage(), e);
        }
    }

    private HttpQuestion.Answer get(String peerUrl, String path, Duration timeout)
            throws IOException, InterruptedException {
        HttpQuestion.Answer answer = ask(HttpQuestion.get(address(peerUrl), path), timeout);
        if (answer.status() != 200) {
            throw new IOException(peerUrl + path + " answers " + answer.status() + ": "
                    + answer.text().strip());
        }
        return answer;
    }

    private HttpQuestion.Answer ask(HttpQuestion question, Duration timeout) throws IOException, InterruptedException {
        Optional<ClientTls> security = question.address().isSecure() ? Optional.of(tls.toPeers()) : Optional.empty();
        return new HttpAsking(loops, security, tls.threads()).ask(question, timeout);
    }

    private static DialAddress address(String peerUrl) throws IOException {
        try {
            return DialAddress.of(peerUrl);
        } catch (IllegalArgumentException e) {
            throw new IOException("not the URL of a member: " + peerUrl, e);
        }
    }
}
