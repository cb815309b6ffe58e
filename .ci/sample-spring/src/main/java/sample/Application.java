package sample;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import io.etcetera.server.MonitoringConfig;
import io.etcetera.server.metrics.HostRegistry;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** An application with a web server on Netty, whose metrics show those of the member in it. */
@SpringBootApplication(proxyBeanMethods = false)
public class Application {

    @Bean
    Etcd etcd(@Value("${etcd.data-dir}") Path directory, MeterRegistry registry) throws EtcdStartException {
        List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));
        return Etcd.start(EtcdConfig.builder()
                .dataDir(directory)
                .listenClientUrls(anyPort)
                .advertiseClientUrls(anyPort)
                .listenPeerUrls(anyPort)
                .monitoring(MonitoringConfig.DEFAULT.withHostRegistry(HostRegistry.of(registry)))
                .build());
    }

    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, arguments)) {
            Etcd etcd = context.getBean(Etcd.class);
            ByteString key = ByteString.copyFromUtf8("greeting");
            KVGrpc.newBlockingStub(etcd.channel())
                    .put(PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("hello")).build());
            ManagedChannel socket = Grpc.newChannelBuilder(
                            etcd.clientUrls().get(0).getAuthority(), InsecureChannelCredentials.create())
                    .build();
            System.out.println(KVGrpc.newBlockingStub(socket)
                    .range(RangeRequest.newBuilder().setKey(key).build())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8());
            socket.shutdownNow();
            String port = context.getEnvironment().getProperty("local.server.port");
            String metrics = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus")).build(),
                            BodyHandlers.ofString())
                    .body();
            if (!metrics.contains("etcd_mvcc_put_total")) {
                throw new IllegalStateException("the application's metrics lack those of the member: " + metrics);
            }
        }
    }
}
