package io.etcetera.daemon.gateway;

import java.util.Optional;

/**
 * A host and a port in one text.
 *
 * @param host without brackets
 */
record HostPort(String host, String port) {

    /** Reads {@code host:port} or {@code [host]:port}; nothing if the text is neither. */
    static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        boolean misplaced = bare.contains("[") || bare.contains("]") || (!bracketed && bare.contains(":"));
        return misplaced ? Optional.empty() : Optional.of(new HostPort(bare, text.substring(colon + 1)));
    }

    /** The port as a number; 0 if it is none. */
    int number() {
        return port.matches("[0-9]{1,5}") ? Integer.parseInt(port) & 0xffff : 0;
    }
}
