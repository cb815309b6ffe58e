package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.CLUSTERING;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.server.DiscoveryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The options of finding the members of a new cluster in another etcd cluster. */
public final class DiscoveryOptions {
    private static final List<Option<?>> TABLE = new ArrayList<>();
    private static final String CLIENT = "discovery-config.client.";
    private static final String SECURE = CLIENT + "secure.";

    static final Option<String> TOKEN = option(
            "discovery-token",
            OptionTypes.STRING,
            "",
            "discovery-config.token",
            "Names the new cluster in the discovery service; the number of its members has been put there before.");

    public static final Option<List<String>> ENDPOINTS = option(
            "discovery-endpoints",
            OptionTypes.STRINGS,
            List.of(),
            CLIENT + "endpoints",
            "Comma-separated endpoints of an etcd cluster in which the members of a new one find each other.");

    static final Option<Duration> DIAL_TIMEOUT = option(
            "discovery-dial-timeout",
            OptionTypes.DURATION,
            Duration.ofSeconds(2),
            CLIENT + "dial-timeout",
            "How long a login to that service may take.");

    static final Option<Duration> REQUEST_TIMEOUT = option(
            "discovery-request-timeout",
            OptionTypes.DURATION,
            Duration.ofSeconds(5),
            CLIENT + "request-timeout",
            "How long a request to it may take.");

    static final Option<Duration> KEEPALIVE_TIME = option(
            "discovery-keepalive-time",
            OptionTypes.DURATION,
            Duration.ofSeconds(2),
            CLIENT + "keepalive-time",
            "How often it is pinged; less than 10s is taken as that.");

    static final Option<Duration> KEEPALIVE_TIMEOUT = option(
            "discovery-keepalive-timeout",
            OptionTypes.DURATION,
            Duration.ofSeconds(6),
            CLIENT + "keepalive-timeout",
            "How long the answer to that is waited for.");

    static final Option<Boolean> INSECURE_TRANSPORT = option(
            "discovery-insecure-transport",
            OptionTypes.BOOL,
            true,
            SECURE + "insecure-transport",
            "Do without TLS to it, unless its endpoints are https URLs or there are files for it.");

    static final Option<Boolean> INSECURE_SKIP_TLS_VERIFY = option(
            "discovery-insecure-skip-tls-verify",
            OptionTypes.BOOL,
            false,
            SECURE + "insecure-skip-tls-verify",
            "Take whatever certificate it shows.");

    static final Option<String> CERT =
            option("discovery-cert", OptionTypes.STRING, "", SECURE + "cert", "Certificate to show to it, in PEM.");

    static final Option<String> KEY =
            option("discovery-key", OptionTypes.STRING, "", SECURE + "key", "Key of that certificate.");

    static final Option<String> CACERT = option(
            "discovery-cacert",
            OptionTypes.STRING,
            "",
            SECURE + "cacert",
            "CAs, in PEM, that its certificate is to come from.");

    static final Option<String> USER =
            option("discovery-user", OptionTypes.STRING, "", CLIENT + "auth.username", "User to log in there as.");

    static final Option<String> PASSWORD =
            option("discovery-password", OptionTypes.STRING, "", CLIENT + "auth.password", "Password of that user.");

    private DiscoveryOptions() {}

    static List<Option<?>> table() {
        return List.copyOf(TABLE);
    }

    /** Checks what belongs together. */
    static void check(Settings settings) throws ConfigException {
        if (settings.get(TOKEN).isEmpty() != settings.get(ENDPOINTS).isEmpty()) {
            throw new ConfigException("both --discovery-token and --discovery-endpoints must be set");
        } else if (settings.get(ENDPOINTS).stream().anyMatch(String::isBlank)) {
            throw new ConfigException("--discovery-endpoints must not contain empty endpoints");
        }
    }

    public static DiscoveryConfig config(Settings settings) {
        DiscoveryConfig.Secure secure = new DiscoveryConfig.Secure(
                settings.get(INSECURE_TRANSPORT),
                settings.get(INSECURE_SKIP_TLS_VERIFY),
                settings.get(CERT),
                settings.get(KEY),
                settings.get(CACERT));
        return DiscoveryConfig.NONE
                .withService(settings.get(TOKEN), settings.get(ENDPOINTS))
                .withTimes(
                        settings.get(DIAL_TIMEOUT),
                        settings.get(REQUEST_TIMEOUT),
                        settings.get(KEEPALIVE_TIME),
                        settings.get(KEEPALIVE_TIMEOUT))
                .withCredentials(secure, settings.get(USER), settings.get(PASSWORD));
    }

    private static <T> Option<T> option(String name, OptionType<T> type, T defaultValue, String yamlKey, String help) {
        Option<T> option = new Option<>(name, type, defaultValue, yamlKey, BUILT, CLUSTERING, help, null);
        TABLE.add(option);
        return option;
    }
}
