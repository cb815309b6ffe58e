package io.etcetera.daemon.utl;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The result of a command, printed in one of etcd's forms.
 *
 * @param columns in order; the same for all forms
 */
record Report(List<Column> columns) {

    /**
     * One figure.
     *
     * @param title in tables, lower case
     * @param field in lists of fields
     * @param json name in JSON
     * @param shown as tables and plain lines have it
     * @param exact as fields and JSON have it
     * @param quoted whether it is text in JSON
     */
    record Column(String title, String field, String json, String shown, String exact, boolean quoted) {
        static Column number(String title, String field, String json, long value) {
            return new Column(title, field, json, Long.toString(value), Long.toString(value), false);
        }

        static Column text(String title, String field, String json, String value) {
            return new Column(title, field, json, value, value, true);
        }
    }

    Report {
        columns = List.copyOf(columns);
    }

    /** The forms that {@code --write-out} names. */
    enum Form {
        FIELDS,
        JSON,
        PROTOBUF,
        SIMPLE,
        TABLE;

        static Form of(Arguments arguments) throws UtlException {
            String name = arguments.text("write-out");
            for (Form form : values()) {
                if (form.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return form;
                }
            }
            throw UtlException.badFeature("unsupported output format");
        }
    }

    /** Ends with a line break. */
    String text(Form form) throws UtlException {
        return switch (form) {
            case FIELDS ->
                columns.stream()
                        .map(column -> "\"" + column.field() + "\" : " + column.exact() + "\n")
                        .collect(Collectors.joining());
            case JSON ->
                columns.stream()
                        .map(column -> "\"" + column.json() + "\":"
                                + (column.quoted() ? "\"" + column.exact() + "\"" : column.exact()))
                        .collect(Collectors.joining(",", "{", "}\n"));
            case PROTOBUF -> throw UtlException.badFeature("protobuf not supported as output format");
            case SIMPLE -> columns.stream().map(Column::shown).collect(Collectors.joining(", ", "", "\n"));
            case TABLE -> table();
        };
    }

    private String table() {
        List<String> titles = columns.stream()
                .map(column -> column.title().toUpperCase(Locale.ROOT))
                .toList();
        StringBuilder top = new StringBuilder("┌");
        StringBuilder head = new StringBuilder("│");
        StringBuilder middle = new StringBuilder("├");
        StringBuilder row = new StringBuilder("│");
        StringBuilder bottom = new StringBuilder("└");
        for (int i = 0; i < titles.size(); i++) {
            boolean last = i == titles.size() - 1;
            String shown = columns.get(i).shown();
            int width = Math.max(titles.get(i).length(), shown.length());
            String line = "─".repeat(width + 2);
            top.append(line).append(last ? "┐" : "┬");
            head.append(' ').append(centered(titles.get(i), width)).append(" │");
            middle.append(line).append(last ? "┤" : "┼");
            row.append(' ')
                    .append(" ".repeat(width - shown.length()))
                    .append(shown)
                    .append(" │");
            bottom.append(line).append(last ? "┘" : "┴");
        }
        return String.join("\n", top, head, middle, row, bottom) + "\n";
    }

    private static String centered(String text, int width) {
        int before = (width - text.length()) / 2;
        return " ".repeat(before) + text + " ".repeat(width - text.length() - before);
    }
}
