package io.etcetera.junit5;

import io.grpc.Channel;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a cluster of etcd inside their JVM: one for the class where it stands at a class, one for each run of the method
 * where it stands at a method, before that of the class. Parameters of tests, of their constructors and of the methods around them can
 * be an {@link EtcdCluster}, a gRPC {@link Channel} to it that takes no socket, or a {@code List<URI>} with where clients are served.
 * Tests may run in parallel.
 *
 * <pre>{@code
 * @WithEtcd(members = 3)
 * class RegistryTest {
 *     @Test
 *     void survivesALeader(EtcdCluster cluster, Channel channel) {
 *         cluster.awaitLeader().stop();
 *     }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(WithEtcdExtension.class)
public @interface WithEtcd {
    /** How many members the cluster has, at least 1. */
    int members() default 1;

    /** Whether clients and peers are served by TLS, with certificates made for it: see {@link EtcdCluster#caFile()}. */
    boolean tls() default false;

    /** If not empty, authentication is on, and this is the password of the user root. */
    String rootPassword() default "";
}
