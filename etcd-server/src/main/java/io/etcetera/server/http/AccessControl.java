package io.etcetera.server.http;

import io.etcetera.server.HttpConfig;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import io.etcetera.server.net.http.HttpStream;
import io.etcetera.server.net.http.WebSocket;
import io.etcetera.server.text.GoText;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request of a client passes first: whether its host and origin may ask. Browsers let a page ask who allows its
 * origin; the names of hosts keep pages from asking under a name that somebody has pointed here (CVE-2018-5702).
 */
final class AccessControl implements HttpService {
    private static final Logger log = LoggerFactory.getLogger(AccessControl.class);
    private static final String GATEWAY = "/v3/";
    private static final String OLD_GATEWAY = "/v3beta/";

    private final HttpConfig config;
    private final CertificateNames names;
    private final HttpService next;

    AccessControl(HttpConfig config, CertificateNames names, HttpService next) {
        this.config = config;
        this.names = names;
        this.next = next;
    }

    @Override
    public void serve(HttpRequest received, HttpExchange exchange) {
        HttpRequest request = received.path().startsWith(OLD_GATEWAY)
                ? received.withPath(GATEWAY + received.path().substring(OLD_GATEWAY.length()))
                : received;
        if (request.tls().isEmpty()) {
            String host = hostName(request.header("Host").orElse(""));
            if (!allows(config.hostWhitelist(), host)) {
                log.atWarn().addKeyValue("host", host).log("rejecting HTTP request to prevent DNS rebinding attacks");
                exchange.reply(HttpReply.error(421, unrecognized(host)));
                return;
            }
        } else if (request.path().startsWith(GATEWAY) && names.wouldBeIgnored(request)) {
            exchange.reply(HttpReply.error(
                    400,
                    "CommonName of client sending a request against gateway will be ignored and not used as expected"));
            return;
        }
        HttpExchange answered = withOrigin(request, exchange);
        if (request.method().equals("OPTIONS")) {
            answered.reply(HttpReply.empty(200));
        } else {
            next.serve(request, answered);
        }
    }

    private HttpExchange withOrigin(HttpRequest request, HttpExchange exchange) {
        if (allows(config.cors(), "*")) {
            return new OriginAllowed(exchange, "*");
        }
        String origin = request.header("Origin").orElse("");
        return allows(config.cors(), origin) ? new OriginAllowed(exchange, origin) : exchange;
    }

    private static boolean allows(Set<String> names, String name) {
        return names.isEmpty() || names.contains("*") || names.contains(name);
    }

    /** The name in a Host header; the whole header if it is none with a port. */
    private static String hostName(String header) {
        int colon = header.lastIndexOf(':');
        if (header.startsWith("[")) {
            return colon > 0 && header.charAt(colon - 1) == ']' ? header.substring(1, colon - 1) : header;
        }
        return colon < 0 || header.indexOf(':') != colon ? header : header.substring(0, colon);
    }

    private static String unrecognized(String host) {
        return """

                etcd received your request, but the Host header was unrecognized.

                To fix this, choose one of the following options:
                - Enable TLS, then any HTTPS request will be allowed.
                - Add the hostname you want to use to the whitelist in settings.
                  - e.g. etcd --host-whitelist %s

                This requirement has been added to help prevent "DNS Rebinding" attacks (CVE-2018-5702).
                """.formatted(GoText.quote(host));
    }

    /** Tells the browser that the page's origin may ask. */
    private record OriginAllowed(HttpExchange exchange, String origin) implements HttpExchange {
        @Override
        public void reply(HttpReply answer) {
            exchange.reply(allowing(answer));
        }

        @Override
        public HttpStream stream(HttpReply head) {
            return exchange.stream(allowing(head));
        }

        /** The answer is no page's, but the beginning of something else. */
        @Override
        public WebSocket upgrade(String key, Optional<String> protocol) {
            return exchange.upgrade(key, protocol);
        }

        private HttpReply allowing(HttpReply answer) {
            return answer.with("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE")
                    .with("Access-Control-Allow-Origin", origin)
                    .with("Access-Control-Allow-Headers", "accept, content-type, authorization");
        }

        @Override
        public void onAbandoned(Runnable task) {
            exchange.onAbandoned(task);
        }

        @Override
        public Executor loop() {
            return exchange.loop();
        }
    }
}
