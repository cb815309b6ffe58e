package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.MEMBER;
import static io.etcetera.daemon.options.Option.Section.MONITORING;
import static io.etcetera.daemon.options.Option.Section.SECURITY;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.daemon.options.Option.Section;
import io.etcetera.server.HttpConfig;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The options of what is served over HTTP. */
public final class HttpOptions {
    private static final List<Option<?>> TABLE = new ArrayList<>();

    private static final Set<String> ALL = Set.of("*");

    /** Comma-separated; nothing stands for one empty name, as in etcd. */
    private static final OptionType<Set<String>> NAMES =
            type(text -> new TreeSet<>(Arrays.asList(text.split(",", -1))));

    private static final OptionType<Set<String>> ORIGINS = type(HttpOptions::origins);

    static final Option<List<URI>> LISTEN_CLIENT_HTTP_URLS = option(
            "listen-client-http-urls",
            OptionTypes.URLS,
            List.of(),
            MEMBER,
            "Comma-separated URLs where clients are served over HTTP alone; listen-client-urls then serve gRPC alone.");

    static final Option<Boolean> ENABLE_GRPC_GATEWAY =
            option("enable-grpc-gateway", OptionTypes.BOOL, true, MEMBER, "Serve the API as JSON, too.");

    public static final Option<Set<String>> CORS =
            option("cors", ORIGINS, ALL, SECURITY, "Comma-separated origins whose pages may ask; '*' is all.");

    public static final Option<Set<String>> HOST_WHITELIST = option(
            "host-whitelist",
            NAMES,
            ALL,
            SECURITY,
            "Comma-separated host names under which this member may be asked over plain HTTP; '*' is all.");

    static final Option<Boolean> ENABLE_PPROF = option(
            "enable-pprof",
            OptionTypes.BOOL,
            false,
            MONITORING,
            "Serve thread dumps, heap summaries and flight recordings below /debug/pprof/.");

    static final Option<List<URI>> LISTEN_METRICS_URLS = option(
            "listen-metrics-urls",
            OptionTypes.URLS,
            List.of(),
            MONITORING,
            "Comma-separated URLs where metrics and health are served, beside those for clients.");

    private HttpOptions() {}

    /** All of them, in the order of the help. */
    static List<Option<?>> table() {
        return List.copyOf(TABLE);
    }

    public static HttpConfig config(Settings settings) {
        return HttpConfig.DEFAULT
                .withListenUrls(settings.get(LISTEN_CLIENT_HTTP_URLS), settings.get(LISTEN_METRICS_URLS))
                .withAccess(settings.get(CORS), settings.get(HOST_WHITELIST))
                .withGrpcGateway(settings.get(ENABLE_GRPC_GATEWAY))
                .withProfiling(settings.get(ENABLE_PPROF)
                        || settings.get(LoggingOptions.LOG_LEVEL).equals("debug"));
    }

    private static OptionType<Set<String>> type(OptionType.Reader<String, Set<String>> reader) {
        return new OptionType<>(
                "string",
                false,
                reader,
                node -> reader.read(String.valueOf(node)),
                names -> String.join(",", new TreeSet<>(names)));
    }

    private static Set<String> origins(String text) throws BadValueException {
        if (ALL.contains(text)) {
            return ALL;
        }
        return EtcdUrls.parse(text).stream().map(URI::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static <T> Option<T> option(String name, OptionType<T> type, T defaultValue, Section section, String help) {
        Option<T> option = new Option<>(name, type, defaultValue, name, BUILT, section, help, null);
        TABLE.add(option);
        return option;
    }
}
