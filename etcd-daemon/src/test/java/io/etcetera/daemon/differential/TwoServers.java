package io.etcetera.daemon.differential;

import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A stock etcd 3.7.1 and this server, started with the same flags on fresh data, each with one raw connection. What one
 * is asked the other is asked too; the tests of this package compare the answers.
 */
final class TwoServers implements AutoCloseable {
    private final ServerProcess stockProcess;
    private final ServerProcess oursProcess;
    private GrpcClient stock;
    private GrpcClient ours;

    private TwoServers(ServerProcess stockProcess, ServerProcess oursProcess) {
        this.stockProcess = stockProcess;
        this.oursProcess = oursProcess;
        this.stock = new GrpcClient(stockProcess);
        this.ours = new GrpcClient(oursProcess);
    }

    /** Starts both below {@code directory}; skips the calling test if there is no stock etcd. */
    static TwoServers start(Path directory, String... flags) throws IOException, InterruptedException {
        Path stockEtcd = Tools.stock("etcd");
        ServerProcess stock = ServerProcess.start(stockEtcd, directory.resolve("stock"), flags);
        try {
            return new TwoServers(stock, ServerProcess.start(Tools.ourEtcd(), directory.resolve("ours"), flags));
        } catch (Throwable e) {
            stock.close();
            throw e;
        }
    }

    GrpcClient stock() {
        return stock;
    }

    GrpcClient ours() {
        return ours;
    }

    /** The stock one first, so that a test that is wrong about it fails on it. */
    List<ServerProcess> processes() {
        return List.of(stockProcess, oursProcess);
    }

    /** Ends both with SIGKILL and starts them again on their data. Clients taken before are closed. */
    void killAndRestart() throws IOException, InterruptedException {
        closeClients();
        stockProcess.kill();
        oursProcess.kill();
        restart();
    }

    /** Ends both with SIGTERM and starts them again on their data. Clients taken before are closed. */
    void terminateAndRestart() throws IOException, InterruptedException {
        closeClients();
        stockProcess.terminate();
        oursProcess.terminate();
        restart();
    }

    private void restart() throws IOException, InterruptedException {
        stockProcess.relaunch();
        oursProcess.relaunch();
        stockProcess.awaitReady();
        oursProcess.awaitReady();
        stock = new GrpcClient(stockProcess);
        ours = new GrpcClient(oursProcess);
    }

    private void closeClients() {
        stock.close();
        ours.close();
    }

    @Override
    public void close() {
        closeClients();
        stockProcess.close();
        oursProcess.close();
    }
}
