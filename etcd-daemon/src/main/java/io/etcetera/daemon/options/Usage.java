package io.etcetera.daemon.options;

import io.etcetera.daemon.options.Option.Section;

/** The help, made from the table of options. */
public final class Usage {
    private Usage() {}

    /** The forms of the command: what a wrong command line is answered with. */
    public static String forms() {
        return """
                Usage:

                  etcd [flags]
                    Run a member.

                  etcd --version
                    Print the version.

                  etcd -h | --help
                    Print this help and all flags.

                  etcd --config-file
                    Read the options from this YAML file; other flags and the environment are then ignored.
                    Durations in the file are integers of nanoseconds: 600000000000 is 10m.

                  etcd gateway
                  etcd grpc-proxy
                    Not available in this version.
                """;
    }

    /** All flags under their headings. */
    public static String flags() {
        StringBuilder out = new StringBuilder();
        for (Section section : Section.values()) {
            if (section == Section.HIDDEN) {
                continue;
            }
            out.append(section.title).append(":\n");
            for (Option<?> option : Options.table()) {
                if (option.section() == section) {
                    out.append("  --").append(option.name()).append(" '").append(option.defaultText());
                    out.append("'\n    ").append(option.help()).append('\n');
                }
            }
            out.append('\n');
        }
        return out.toString();
    }
}
