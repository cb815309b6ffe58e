package io.etcetera.server.transport;

import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.cluster.RemoteCluster;
import io.etcetera.server.consistency.PeerHash;
import io.etcetera.server.tls.ClientTls;
import io.etcetera.server.tls.MemberTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Asks other members over HTTP. A client is made for each question: a member asks a few times while it starts, and
 * once in minutes for hashes. The thread that Java gives each client is a daemon, and ends some time after the answer.
 */
public final class PeerHttpClient implements RemoteCluster {
    private static final String CLUSTER_ID = "X-Etcd-Cluster-ID";
    private static final int HEX = 16;

    private final MemberTls tls;

    /**
     * Asks nothing yet.
     *
     * @param tls for https URLs
     */
    public PeerHttpClient(MemberTls tls) {
        this.tls = tls;
    }

    @Override
    public View members(String peerUrl, Duration timeout) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = get(peerUrl + "/members", timeout);
        String clusterId = response.headers()
                .firstValue(CLUSTER_ID)
                .orElseThrow(() -> new IOException(peerUrl + "/members does not say which cluster it is"));
        try {
            return new View(Long.parseUnsignedLong(clusterId, HEX), PeerJson.parseMembers(text(response)));
        } catch (IllegalArgumentException e) {
            throw new IOException(peerUrl + "/members cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String clusterVersion(String peerUrl, Duration timeout) throws IOException, InterruptedException {
        try {
            return PeerJson.parseClusterVersion(text(get(peerUrl + "/version", timeout)));
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
        String url = peerUrl + "/members/hashkv";
        HttpRequest request = HttpRequest.newBuilder(uri(url))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header(CLUSTER_ID, Long.toHexString(clusterId))
                .method("GET", HttpRequest.BodyPublishers.ofString("{\"revision\":" + revision + "}"))
                .build();
        HttpResponse<byte[]> response = send(request, timeout);
        String text = text(response);
        if (response.statusCode() == 400 && text.contains("required revision has been compacted")) {
            return new PeerHash.Compacted();
        } else if (response.statusCode() == 400 && text.contains("required revision is a future revision")) {
            return new PeerHash.Behind();
        } else if (response.statusCode() == 412 && text.contains("cluster ID mismatch")) {
            return new PeerHash.OtherCluster();
        } else if (response.statusCode() != 200) {
            throw new IOException("unknown error: " + text);
        }
        try {
            return new PeerHash.Hashed(PeerJson.parseHash(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(url + " cannot be read: " + e.getMessage(), e);
        }
    }

    private HttpResponse<byte[]> get(String url, Duration timeout) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                send(HttpRequest.newBuilder(uri(url)).timeout(timeout).build(), timeout);
        if (response.statusCode() != 200) {
            throw new IOException(url + " answers " + response.statusCode() + ": "
                    + text(response).strip());
        }
        return response;
    }

    private HttpResponse<byte[]> send(HttpRequest request, Duration timeout) throws IOException, InterruptedException {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
        if ("https".equals(request.uri().getScheme())) {
            ClientTls toPeers = tls.toPeers();
            client.sslContext(toPeers.newJavaContext()).sslParameters(toPeers.newJavaParameters());
        }
        return client.build().send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static URI uri(String url) throws IOException {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a URL: " + url, e);
        }
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
