package io.etcetera.server.text;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Lists of URLs as etcd takes them: comma-separated, of four schemes, sorted, without duplicates. */
public final class EtcdUrls {
    private static final Pattern COLON_FIRST = Pattern.compile("[^/?#]*:.*");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
    private static final Pattern BAD_PORT =
            Pattern.compile("[a-z]+://(?:[^/\\[\\]]*|\\[[^]]*])(:[^/]*[^/0-9][^/]*)(?:/.*)?");

    private EtcdUrls() {}

    /**
     * Reads a list.
     *
     * @throws BadValueException with etcd's words if an element is no URL that a member can have
     */
    public static List<URI> parse(String text) throws BadValueException {
        TreeMap<String, URI> urls = new TreeMap<>();
        for (String element : text.split(",", -1)) {
            URI url = one(element);
            urls.put(url.toString(), url);
        }
        return List.copyOf(urls.values());
    }

    /** The list as text, comma-separated. */
    public static String format(List<URI> urls) {
        return String.join(",", urls.stream().map(URI::toString).toList());
    }

    /**
     * Reads one, leaving out the blanks around it.
     *
     * @throws BadValueException with etcd's words if it is no URL that a member can have
     */
    public static URI one(String spaced) throws BadValueException {
        String text = spaced.strip();
        if (COLON_FIRST.matcher(text).matches() && !SCHEME.matcher(text).matches()) {
            throw new BadValueException(
                    "parse " + GoText.quote(text) + ": first path segment in URL cannot contain colon");
        }
        var badPort = BAD_PORT.matcher(text);
        if (badPort.matches()) {
            throw new BadValueException(
                    "parse " + GoText.quote(text) + ": invalid port " + GoText.quote(badPort.group(1)) + " after host");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new BadValueException("parse " + GoText.quote(text) + ": " + e.getReason());
        }
        String scheme = url.getScheme();
        if (scheme == null || !Arrays.asList("http", "https", "unix", "unixs").contains(scheme)) {
            throw new BadValueException("URL scheme must be http, https, unix, or unixs: " + text);
        }
        if (scheme.startsWith("http")) {
            if (!hasPort(url)) {
                throw new BadValueException("URL address does not have the form \"host:port\": " + text);
            }
            if (url.getRawPath() != null && !url.getRawPath().isEmpty()) {
                throw new BadValueException("URL must not contain a path: " + text);
            }
        }
        return url;
    }

    private static boolean hasPort(URI url) {
        String authority = url.getRawAuthority();
        return authority != null && authority.matches("(?:\\[[^]]*]|[^:\\[\\]]*):[0-9]*");
    }

    /** The host of a URL, without the brackets of an IPv6 address; empty if there is none. */
    public static String host(URI url) {
        String authority = url.getRawAuthority();
        if (authority == null) {
            return "";
        }
        String host = authority.replaceFirst(":[0-9]*$", "");
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether this is a literal IPv4 or IPv6 address, which needs no name service. */
    public static boolean isIpLiteral(String host) {
        return host.contains(":") || host.matches("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    }

    /** The address of a listener as Go prints it: numeric, and {@code [::]} for all addresses. */
    public static String boundAddress(URI url) {
        String host = host(url);
        if (!url.getScheme().startsWith("http")) {
            return host + url.getRawPath();
        }
        String address = switch (host) {
            case "localhost" -> "127.0.0.1";
            case "0.0.0.0" -> "[::]";
            default -> host.contains(":") ? "[" + host + "]" : host;
        };
        return address + ":" + url.getPort();
    }
}
