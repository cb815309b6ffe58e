package io.etcetera.daemon.gateway;

import io.etcetera.daemon.utl.Arguments;
import io.etcetera.daemon.utl.Command;
import io.etcetera.daemon.utl.CommandLine;
import io.etcetera.daemon.utl.Flag;
import io.etcetera.daemon.utl.HelpText;
import io.etcetera.daemon.utl.UtlException;
import io.etcetera.server.text.GoText;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code etcd gateway start}: reads the command line, finds the endpoints, and passes connections on until it is stopped. */
public final class GatewayCommand {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayCommand.class);
    private static final int OK = 0;
    private static final int FAILED = 1;

    private final PrintStream out;
    private final PrintStream err;
    private final Until stopped;

    /** Waits for the end. */
    @FunctionalInterface
    public interface Until {
        /** Returns when the process is to end. */
        void await() throws InterruptedException;
    }

    /** Ends the command with a message, printed as it is: etcd leaves out the end of the line once. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    public GatewayCommand(PrintStream out, PrintStream err, Until stopped) {
        this.out = out;
        this.err = err;
        this.stopped = stopped;
    }

    private static Command root() {
        Command start = Command.of(
                "start",
                "start the gateway",
                List.of(
                        Flag.string("listen-addr", "127.0.0.1:23790", "listen address"),
                        Flag.string("discovery-srv", "", "DNS domain used to bootstrap initial cluster"),
                        Flag.string("discovery-srv-name", "", "service name to query when using DNS discovery"),
                        Flag.onOff("insecure-discovery", "accept insecure SRV records"),
                        Flag.string(
                                "trusted-ca-file",
                                "",
                                "path to the client server TLS CA file for verifying the discovered endpoints when"
                                        + " discovery-srv is provided."),
                        Flag.list("endpoints", "127.0.0.1:2379", "comma separated etcd cluster endpoints"),
                        Flag.duration("retry-delay", "1m0s", "duration of delay before retrying failed endpoints")),
                (arguments, console) -> {});
        return Command.group(
                "etcd",
                "etcd server",
                List.of(),
                List.of(Command.group("gateway", "gateway related command", List.of(), List.of(start))));
    }

    /**
     * Runs a command line and answers the exit status.
     *
     * @param words behind {@code etcd}, {@code gateway} being the first
     */
    public int run(List<String> words) throws InterruptedException {
        CommandLine line = CommandLine.of(root(), words);
        try {
            Arguments arguments = line.parse();
            if (arguments.isOn("help") || line.command().action().isEmpty()) {
                out.print(line.command().summary() + "\n\n" + HelpText.of(line.path()));
                out.flush();
                return OK;
            }
            return start(arguments, words);
        } catch (UtlException e) {
            err.print("Error: " + e.getMessage() + "\n" + HelpText.of(line.path()) + "\n" + e.getMessage());
        } catch (RefusedException e) {
            out.print(e.getMessage());
            out.flush();
        } catch (IOException e) {
            err.println(e.getMessage());
        }
        return FAILED;
    }

    private int start(Arguments arguments, List<String> words)
            throws RefusedException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("etcd"));
        command.addAll(words);
        LOG.atInfo().addKeyValue("args", command).log("Running: ");
        List<Endpoint> endpoints = endpoints(arguments);
        String listenAddress = arguments.text("listen-addr");
        refuseItself(endpoints, listenAddress);
        if (endpoints.isEmpty()) {
            throw new RefusedException("no endpoints found\n");
        }
        TcpProxy proxy = TcpProxy.open(listenAddress, endpoints, arguments.duration("retry-delay"));
        try {
            LOG.atInfo()
                    .addKeyValue(
                            "endpoints",
                            endpoints.stream().map(Endpoint::address).toList())
                    .log("ready to proxy client requests");
            stopped.await();
        } finally {
            proxy.close();
        }
        return OK;
    }

    private static List<Endpoint> endpoints(Arguments arguments) throws RefusedException, IOException {
        String domain = arguments.text("discovery-srv");
        if (!domain.isEmpty()) {
            List<Endpoint> found = new Discovered(domain, arguments.text("discovery-srv-name"))
                    .find(arguments.isOn("insecure-discovery"), arguments.text("trusted-ca-file"));
            if (!found.isEmpty()) {
                return found;
            }
        }
        List<Endpoint> endpoints = new ArrayList<>();
        String given = arguments.text("endpoints");
        for (String text : given.isEmpty() ? new String[0] : given.split(",", -1)) {
            String bare = withoutScheme(text);
            HostPort address = HostPort.parse(bare)
                    .orElseThrow(() -> new RefusedException("error parsing endpoint " + GoText.quote(bare)));
            endpoints.add(new Endpoint(address.host(), address.number()));
        }
        return endpoints;
    }

    private static String withoutScheme(String endpoint) {
        if (!endpoint.contains("://")) {
            return endpoint;
        }
        try {
            String authority = URI.create(endpoint).getRawAuthority();
            return authority == null ? endpoint : authority;
        } catch (IllegalArgumentException e) {
            LOG.debug("not a URL: {}", endpoint);
            return endpoint;
        }
    }

    /** A proxy to itself would never come to an end. */
    private static void refuseItself(List<Endpoint> endpoints, String listenAddress) throws RefusedException {
        HostPort listen = HostPort.parse(listenAddress)
                .orElseThrow(() -> new RefusedException("failed to validate listen address: " + listenAddress + "\n"));
        Set<String> own = new HashSet<>(addresses(listen.host(), "failed to resolve listen host: "));
        for (Endpoint endpoint : endpoints) {
            List<String> addresses = addresses(endpoint.host(), "failed to resolve endpoint host: ");
            if (!String.valueOf(endpoint.port()).equals(listen.port())) {
                continue;
            }
            for (String address : addresses) {
                if (own.contains(address)) {
                    throw new RefusedException("SRV or endpoint (" + endpoint.host() + ":" + endpoint.port() + "->"
                            + address + ":" + endpoint.port() + ") should not resolve to the gateway listen addr ("
                            + listenAddress + ")\n");
                }
            }
        }
    }

    private static List<String> addresses(String host, String complaint) throws RefusedException {
        try {
            List<String> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(address.getHostAddress());
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw new RefusedException(complaint + host + "\n");
        }
    }
}
