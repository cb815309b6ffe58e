package io.etcetera.junit5;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/** Sends each call to the first member that runs at that moment, so that it outlives restarts. */
final class FirstRunningChannel extends Channel {
    private final EtcdCluster cluster;

    FirstRunningChannel(EtcdCluster cluster) {
        this.cluster = cluster;
    }

    private Channel current() {
        return cluster.members().stream()
                .filter(EtcdMember::isRunning)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no member of " + cluster.clusterName() + " runs"))
                .channel();
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return current().newCall(method, options);
    }

    @Override
    public String authority() {
        return current().authority();
    }
}
