package io.etcetera.server.http;

import java.util.function.Supplier;

/**
 * Where the text of the metrics comes from.
 *
 * @param contentType of that text
 * @param text everything as of now; may take some milliseconds, and is not asked for on event loops
 */
public record Scrape(String contentType, Supplier<byte[]> text) {
    /** Of a member without metrics. */
    public static final Scrape NOTHING = new Scrape("text/plain; version=0.0.4; charset=utf-8", () -> new byte[0]);
}
