package io.etcetera.server.http.gateway;

import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Requests for a WebSocket, as etcd's gateway reads them. */
final class WebSocketUpgrade {
    private static final int KEY_BYTES = 16;
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String VERSION = "Sec-WebSocket-Version";
    private static final String SUPPORTED_VERSION = "13";
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";

    /** A page's script can set no header but the list of protocols, so that a user's token comes as one of them. */
    private static final String BEARER = "Bearer";

    private static final String TOKEN_FOLLOWS = BEARER + ",";
    private static final String TOKEN_COOKIE = "token";

    private WebSocketUpgrade() {}

    static boolean isWanted(HttpRequest request) {
        return lists(request, "Connection", "upgrade") && lists(request, "Upgrade", "websocket");
    }

    private static boolean lists(HttpRequest request, String header, String token) {
        return values(request, header)
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .anyMatch(listed -> listed.strip().equalsIgnoreCase(token));
    }

    private static Stream<String> values(HttpRequest request, String header) {
        return request.headers().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(header))
                .map(Map.Entry::getValue);
    }

    /** What is answered to a request that is not as it should be. */
    static Optional<HttpReply> refusal(HttpRequest request) {
        if (!request.method().equals("GET")) {
            return Optional.of(refusal(405, "Method Not Allowed"));
        }
        return lists(request, VERSION, SUPPORTED_VERSION) && isKey(key(request))
                ? Optional.empty()
                : Optional.of(refusal(400, "Bad Request"));
    }

    private static HttpReply refusal(int status, String text) {
        return HttpReply.error(status, text).with(VERSION, SUPPORTED_VERSION);
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static String key(HttpRequest request) {
        return request.header(KEY).orElse("");
    }

    /** The protocol to choose. */
    static Optional<String> protocol(HttpRequest request) {
        return request.header(PROTOCOL)
                .filter(value -> value.startsWith(BEARER))
                .map(value -> BEARER);
    }

    /** The headers that the call is made with; the others are about the WebSocket alone, or left out by etcd, too. */
    static List<Map.Entry<String, String>> headers(HttpRequest request) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        cookie(request)
                .map(token -> BEARER + " " + token)
                .or(() -> request.header(PROTOCOL)
                        .filter(value -> !value.isEmpty())
                        .map(WebSocketUpgrade::authorization))
                .ifPresent(authorization -> headers.add(Map.entry("Authorization", authorization)));
        for (String forwarded : new String[] {"Origin", "Referer"}) {
            request.header(forwarded).ifPresent(value -> headers.add(Map.entry(forwarded, value)));
        }
        return headers;
    }

    /** Not absent, but empty, if the list names no token: that is a user whom nobody knows. */
    private static String authorization(String protocols) {
        int at = protocols.indexOf(TOKEN_FOLLOWS);
        return at < 0
                ? ""
                : BEARER + " "
                        + protocols.substring(at + TOKEN_FOLLOWS.length()).strip();
    }

    private static Optional<String> cookie(HttpRequest request) {
        return values(request, "Cookie")
                .flatMap(header -> ServerCookieDecoder.STRICT.decodeAll(header).stream())
                .filter(cookie -> cookie.name().equals(TOKEN_COOKIE))
                .map(Cookie::value)
                .findFirst();
    }
}
