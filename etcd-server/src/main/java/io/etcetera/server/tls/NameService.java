package io.etcetera.server.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up. May block. */
interface NameService {
    /** The names of an address; empty if it has none. */
    List<String> namesOf(InetAddress address);

    /** The addresses of a name; empty if it has none. */
    List<InetAddress> addressesOf(String name);

    /** The one that this machine uses for everything. */
    static NameService ofSystem() {
        return new NameService() {
            @Override
            public List<String> namesOf(InetAddress address) {
                String name = address.getCanonicalHostName();
                return name.equals(address.getHostAddress()) ? List.of() : List.of(name);
            }

            @Override
            public List<InetAddress> addressesOf(String name) {
                try {
                    return List.of(InetAddress.getAllByName(name));
                } catch (UnknownHostException e) {
                    return List.of();
                }
            }
        };
    }
}
