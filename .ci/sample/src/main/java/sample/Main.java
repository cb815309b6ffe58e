package sample;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The least that an application does with a member: starts one in the directory it is given, writes, reads, and closes it. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(Path.of(arguments[0]))
                .listenClientUrls(anyPort)
                .advertiseClientUrls(anyPort)
                .listenPeerUrls(anyPort)
                .build();
        try (Etcd etcd = Etcd.start(config)) {
            ByteString key = ByteString.copyFromUtf8("greeting");
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(etcd.channel());
            kv.put(PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("hello")).build());
            System.out.println(kv.range(RangeRequest.newBuilder().setKey(key).build())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8());
        }
    }
}
