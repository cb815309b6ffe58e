package io.etcetera.junit5;

import io.grpc.Channel;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link WithEtcd} does. The cluster is kept in the context of the class or the test that it is for; nested classes and
 * tests find it there, the nearest first. Without state of its own.
 */
final class WithEtcdExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(WithEtcdExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        start(context, context.getRequiredTestClass());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start(context, context.getRequiredTestMethod());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        stop(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop(context);
    }

    private static void start(ExtensionContext context, AnnotatedElement annotated) {
        AnnotationSupport.findAnnotation(annotated, WithEtcd.class)
                .ifPresent(wanted -> context.getStore(NAMESPACE)
                        .put(
                                EtcdCluster.class,
                                EtcdCluster.start(ClusterPlan.DEFAULT
                                        .withSize(wanted.members())
                                        .withTls(wanted.tls())
                                        .withRootPassword(wanted.rootPassword()))));
    }

    /** Only that of this very context: a store gives away no more than is its own. */
    private static void stop(ExtensionContext context) {
        EtcdCluster cluster = context.getStore(NAMESPACE).remove(EtcdCluster.class, EtcdCluster.class);
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Type type = parameter.getParameter().getParameterizedType();
        return type == EtcdCluster.class || type == Channel.class || isEndpoints(type);
    }

    private static boolean isEndpoints(Type type) {
        return type instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] == URI.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        EtcdCluster cluster = context.getStore(NAMESPACE).get(EtcdCluster.class, EtcdCluster.class);
        if (cluster == null) {
            throw new ParameterResolutionException(
                    "no cluster runs here yet: constructors can only be given that of their class");
        }
        Type type = parameter.getParameter().getParameterizedType();
        if (type == EtcdCluster.class) {
            return cluster;
        }
        return type == Channel.class ? cluster.channel() : cluster.clientEndpoints();
    }
}
