package io.etcetera.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.proto.etcdserverpb.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberRecordTest {
    private static final Member MEMBER = Member.newBuilder()
            .setID(0x8e9e05c52164694dL)
            .addPeerURLs("http://localhost:2380")
            .setName("a \"quoted\" \\ name\n\u00e9")
            .addClientURLs("http://localhost:2379")
            .addClientURLs("http://b:1")
            .build();

    @Test
    void isWrittenAsEtcdWritesIt() {
        Member plain = MEMBER.toBuilder().setName("default").build();
        assertThat(new String(MemberRecord.encode(plain), UTF_8))
                .isEqualTo("{\"id\":10276657743932975437,\"peerURLs\":[\"http://localhost:2380\"],\"name\":\"default\","
                        + "\"clientURLs\":[\"http://localhost:2379\",\"http://b:1\"]}");
        assertThat(new String(MemberRecord.key(plain.getID()), UTF_8)).isEqualTo("8e9e05c52164694d");
    }

    @Test
    void isReadBack() {
        assertThat(MemberRecord.decode(MemberRecord.encode(MEMBER))).isEqualTo(MEMBER);
        Member bare = Member.newBuilder().setID(1).setIsLearner(true).build();
        assertThat(MemberRecord.decode(MemberRecord.encode(bare))).isEqualTo(bare);
    }

    @Test
    void readsOtherSpellings() {
        Member member = MemberRecord.decode(
                " { \"id\" : 1 , \"peerURLs\" : null , \"name\" : \"\\u0041\\t\" , \"new\" : { \"x\" : [ true, false ] } } "
                        .getBytes(UTF_8));
        assertThat(member).isEqualTo(Member.newBuilder().setID(1).setName("A\t").build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"id\":\"x\"}", "{\"id\":1} x", "{\"name\":\"a}", "{\"id\":-1}"})
    void damageIsReported(String text) {
        assertThatThrownBy(() -> MemberRecord.decode(text.getBytes(UTF_8)))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("members");
    }
}
