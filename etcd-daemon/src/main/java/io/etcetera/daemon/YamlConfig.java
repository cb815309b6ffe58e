package io.etcetera.daemon;

import io.etcetera.daemon.options.ConfigException;
import io.etcetera.daemon.options.ConfigFile;
import io.etcetera.daemon.options.DefaultHost;
import io.etcetera.daemon.options.Options;
import io.etcetera.daemon.options.Settings;
import io.etcetera.daemon.options.Validation;
import io.etcetera.server.EtcdConfig;
import java.nio.file.Path;

/** The configuration files of {@code etcd --config-file}, for who embeds a member. Stateless. */
public final class YamlConfig {
    private YamlConfig() {}

    /**
     * Reads a file as the daemon does, with the same defaults, and checks what can be checked without starting. How to log is
     * up to the embedder; nothing of that is taken from the file.
     *
     * @return to be changed further, and built
     * @throws IllegalArgumentException in etcd's words, if the file cannot be read or what it says cannot be used
     */
    public static EtcdConfig.Builder read(Path file) {
        Settings settings = new Settings();
        try {
            ConfigFile.read(file.toString(), settings);
            Validation.complete(settings, DefaultHost::find);
            Validation.check(settings);
            if (settings.get(Options.DATA_DIR).isEmpty()) {
                settings.put(Options.DATA_DIR, MemberProcess.defaultDataDir(settings));
            }
            return MemberProcess.builder(settings);
        } catch (ConfigException | ConfigFile.BadUrlException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
