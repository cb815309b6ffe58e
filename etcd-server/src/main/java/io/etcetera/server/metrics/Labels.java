package io.etcetera.server.metrics;

import java.util.List;

/**
 * What tells the series of one metric from one another.
 *
 * @param text as in the text format, braces included; empty if there are no labels
 */
record Labels(List<String> names, List<String> values, String text) {
    static final Labels NONE = new Labels(List.of(), List.of(), "");

    static Labels of(List<String> names, List<String> values) {
        if (names.size() != values.size()) {
            throw new IllegalArgumentException("labels " + names + " do not fit values " + values);
        }
        if (names.isEmpty()) {
            return NONE;
        }
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : ",").append(names.get(i)).append("=\"");
            text.append(TextFormat.escape(values.get(i), true)).append('"');
        }
        return new Labels(
                List.copyOf(names), List.copyOf(values), text.append('}').toString());
    }

    /** The text with one more label at the end, as the buckets of a histogram have it. */
    String textWith(String name, String value) {
        String label = name + "=\"" + value + "\"}";
        return text.isEmpty() ? "{" + label : text.substring(0, text.length() - 1) + "," + label;
    }
}
