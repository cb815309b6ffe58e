package io.etcetera.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first write to an empty store makes revision 2. */
@Timeout(120)
class PerMethodTest {
    @RegisterExtension
    final EtcdClusterExtension own = EtcdClusterExtension.builder().build();

    @RepeatedTest(2)
    void aFieldOfTheInstanceGivesEachTestItsOwn() {
        assertThat(Values.put(own.channel(), "key", "value")).isEqualTo(2);
    }

    @RepeatedTest(2)
    @WithEtcd
    void anAnnotatedTestHasItsOwn(Channel channel) {
        assertThat(Values.put(channel, "key", "value")).isEqualTo(2);
        assertThat(Values.get(own.channel(), "key")).isEmpty();
    }

    @Nested
    @WithEtcd
    class OfANestedClass {
        @Test
        @WithEtcd
        void theNearestCounts(EtcdCluster nearest) {
            Values.put(nearest.channel(), "key", "of the method");
        }

        @RepeatedTest(2)
        void testsOfAClassShare(Channel channel) {
            assertThat(Values.get(channel, "key")).isNotEqualTo("of the method");
            Values.put(channel, "key", "of the class");
        }
    }
}
