package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.AUTH;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.server.auth.AuthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The options of users' passwords and tokens. */
public final class AuthOptions {
    private static final List<Option<?>> TABLE = new ArrayList<>();

    static final Option<String> AUTH_TOKEN = option(
            "auth-token",
            OptionTypes.STRING,
            AuthConfig.DEFAULT.token(),
            "Kind of token that a login gives: 'simple', or 'jwt,sign-method=...,pub-key=...,priv-key=...,ttl=...'.");

    static final Option<Long> AUTH_TOKEN_TTL = option(
            "auth-token-ttl",
            OptionTypes.UINT,
            AuthConfig.DEFAULT.tokenTtl().toSeconds(),
            "Seconds that a simple token lives after its last use.");

    static final Option<Long> BCRYPT_COST = option(
            "bcrypt-cost",
            OptionTypes.UINT,
            AuthConfig.DEFAULT.bcryptCost(),
            "Work that a password takes to hash: each step from 4 to 31 doubles it.");

    private AuthOptions() {}

    static List<Option<?>> table() {
        return List.copyOf(TABLE);
    }

    public static AuthConfig config(Settings settings) {
        return new AuthConfig(
                settings.get(AUTH_TOKEN), Duration.ofSeconds(settings.get(AUTH_TOKEN_TTL)), settings.get(BCRYPT_COST));
    }

    private static <T> Option<T> option(String name, OptionType<T> type, T defaultValue, String help) {
        Option<T> option = new Option<>(name, type, defaultValue, name, BUILT, AUTH, help, null);
        TABLE.add(option);
        return option;
    }
}
