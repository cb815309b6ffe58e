package io.etcetera.daemon.utl;

import io.etcetera.server.EtcdVersion;
import java.util.List;

/** {@code etcdutl version}. */
final class VersionCommand {
    private VersionCommand() {}

    static Command command() {
        return Command.of("version", "Prints the version of etcdutl", List.of(), (arguments, console) -> {
            String version = EtcdVersion.SERVER;
            console.out()
                    .print("etcdutl version: " + version + "\nAPI version: "
                            + version.substring(0, version.lastIndexOf('.')) + "\n");
        });
    }
}
