package io.etcetera.daemon;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** The process around a member that does nothing, for tests of how the process ends. */
final class FakeMain {
    private FakeMain() {}

    /** Runs it; {@code oom} as the first argument makes it fill its heap once it serves. */
    public static void main(String[] arguments) {
        boolean fill = arguments[0].equals("oom");
        RunningMember member = new RunningMember() {
            @Override
            public List<URI> clientUrls() {
                if (fill) {
                    throw new IllegalStateException("filled " + fillHeap().length);
                }
                return List.of(URI.create("http://localhost:2379"));
            }

            @Override
            public List<URI> httpUrls() {
                return List.of();
            }

            @Override
            public void close() {}
        };
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        Daemon daemon = new Daemon((config, onFailure) -> member, Map.of(), System.out, System.err);
        System.exit(daemon.run(rest, Signals::die));
    }

    private static long[][] fillHeap() {
        long[][] blocks = new long[1_000_000][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new long[1 << 17];
        }
        return blocks;
    }
}
