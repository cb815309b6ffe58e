package io.etcetera.server.cluster;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.server.cluster.boot.InitialCluster;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoDuration;
import io.etcetera.testing.fuzz.Fuzz;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Texts about clusters: what operators write, and what other members say over plain HTTP. */
class ClusterTextFuzzTest {
    private static final String MEMBER = "{\"id\":16618488413138870274,\"peerURLs\":[\"http://10.0.0.1:2380\"],"
            + "\"name\":\"m1\",\"clientURLs\":[\"http://10.0.0.1:2379\"],\"isLearner\":true}";

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Fuzz fuzz(String name) {
        return Fuzz.of(name).maxBytes(4_000).allocating(8 << 20, 2_000);
    }

    private static Fuzz urls(String name) {
        return fuzz(name)
                .words("=", ",", "://", "http", "https", "unix", "unixs", ":", "[::1%25eth0]", "[", "]", "%")
                .words("@", "?", "#", "/", " ", "\0");
    }

    private static Fuzz json(String name) {
        return fuzz(name)
                .words("{", "}", "[", "]", "\"", "null", "18446744073709551616", "9223372036854775808", "-1")
                .words("1e5", "\"id\":", "true", "\\u");
    }

    @Test
    void initialClusters() {
        urls("initial clusters")
                .samples(
                        "m1=http://10.0.0.1:2380,m1=https://a:1,m2=http://[::1]:2380",
                        "m1=unix://m1.sock:0,m2=unixs://x:1")
                .refusing(ClusterConfigException.class)
                .run(bytes -> InitialCluster.parse(text(bytes)).members("token"));
    }

    @Test
    void addresses() {
        urls("URLs")
                .samples("http://localhost:2379", "https://[::1]:2379,unix://a.sock:7", " http://10.0.0.1:0 ")
                .refusing(BadValueException.class)
                .run(bytes -> {
                    for (URI url : EtcdUrls.parse(text(bytes))) {
                        EtcdUrls.host(url);
                        EtcdUrls.boundAddress(url);
                    }
                });
    }

    @Test
    void durations() {
        fuzz("durations")
                .samples("1h2m3.5s", "-7ns", "100ms", "0", "1us")
                .words("h", "ms", "\u00b5s", ".", "9223372036854775808", "-")
                .refusing(BadValueException.class)
                .run(bytes -> GoDuration.format(GoDuration.parse(text(bytes))));
    }

    @Test
    void recordsOfMembers() {
        json("members in JSON")
                .samples("[" + MEMBER + "]", "[]")
                .refusing(IllegalArgumentException.class)
                .run(bytes -> PeerJson.parseMembers(text(bytes)));
        json("a member in the store")
                .samples(MEMBER)
                .refusing(CorruptStoreException.class)
                .run(MemberRecord::decode);
        json("questions for hashes")
                .samples("{\"revision\":7}", "null", "{}")
                .refusing(IllegalArgumentException.class)
                .run(bytes -> PeerJson.parseHashRevision(text(bytes)));
    }
}
