package io.etcetera.daemon.options;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds the address that this machine shows to the world: that of the interface of its default route. */
public final class DefaultHost {
    private static final Path ROUTES = Path.of("/proc/net/route");

    private DefaultHost() {}

    /** The IPv4 address; empty if there is no default route, or no way to know it. */
    public static Optional<String> find() {
        try {
            Optional<String> device = defaultDevice(Files.readAllLines(ROUTES));
            return device.isEmpty() ? Optional.empty() : addressOf(device.get());
        } catch (IOException e) {
            return Optional.empty(); // not Linux, or no /proc
        }
    }

    /** The device of the default route in a table of Linux's format: the destination is the second column. */
    static Optional<String> defaultDevice(List<String> routes) {
        return routes.stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 1 && columns[1].equals("00000000"))
                .map(columns -> columns[0])
                .findFirst();
    }

    private static Optional<String> addressOf(String device) throws SocketException {
        NetworkInterface network = NetworkInterface.getByName(device);
        if (network == null) {
            return Optional.empty();
        }
        return Collections.list(network.getInetAddresses()).stream()
                .filter(address -> address instanceof Inet4Address)
                .map(InetAddress::getHostAddress)
                .findFirst();
    }
}
