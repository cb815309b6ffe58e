package io.etcetera.server.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code --auth-token} says: a type, and options as {@code name=value}, all separated by commas. */
record TokenOptions(String type, Map<String, String> values) {
    private static final Logger log = LoggerFactory.getLogger(TokenOptions.class);

    static TokenOptions parse(String text) {
        String[] parts = text.split(",", -1);
        Map<String, String> values = new HashMap<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            String[] pair = part.split("=", -1);
            if (pair.length != 2) {
                throw invalid(List.of("not name=value: " + part));
            }
            if (values.put(pair[0], pair[1]) != null) {
                throw invalid(List.of("given twice: " + pair[0]));
            }
        }
        return new TokenOptions(parts[0], values);
    }

    /** Where it is reported, etcd's words are expected; what is wrong goes to the log. */
    static IllegalArgumentException invalid(List<String> reasons) {
        log.atError().addKeyValue("reasons", reasons).log("invalid token option");
        return new IllegalArgumentException("auth: invalid auth options");
    }
}
