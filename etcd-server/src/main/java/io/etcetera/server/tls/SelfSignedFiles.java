package io.etcetera.server.tls;

import io.etcetera.server.TimeSource;
import io.etcetera.server.text.EtcdUrls;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The self-signed certificate of a port and its key, as files; made if they are not there, and kept from then on. */
final class SelfSignedFiles {
    private static final Logger log = LoggerFactory.getLogger(SelfSignedFiles.class);
    private static final Duration YEAR = Duration.ofDays(365);

    /** Certificates know four digits of a year. */
    private static final long MAX_YEARS = 7_000;

    private SelfSignedFiles() {}

    /** The configuration with these files in it. */
    static TlsConfig use(TlsConfig config, Path directory, List<URI> urls, TimeSource time) throws IOException {
        if (config.selfSignedCertValidityYears() == 0) {
            throw new TlsMaterialException("selfSignedCertValidity is invalid,it should be greater than 0");
        }
        Path absolute = directory.toAbsolutePath().normalize();
        Path cert = absolute.resolve("cert.pem");
        Path key = absolute.resolve("key.pem");
        if (!Files.exists(cert) || !Files.exists(key)) {
            Files.createDirectories(absolute, permissions(absolute, "rwx------"));
            Instant now = Instant.ofEpochMilli(time.currentTimeMillis());
            Instant end = now.plus(YEAR.multipliedBy(Math.min(config.selfSignedCertValidityYears(), MAX_YEARS)));
            log.atWarn()
                    .addKeyValue("certificate-validity-bound-not-after", end)
                    .log("automatically generate certificates");
            SelfSigned pair =
                    SelfSigned.generate(urls.stream().map(EtcdUrls::host).toList(), now, end);
            // The key first: only both together count.
            write(key, Pem.encode("EC PRIVATE KEY", pair.key()), "rw-------");
            log.atInfo().addKeyValue("path", key).log("created key file");
            write(cert, Pem.encode("CERTIFICATE", pair.certificate()), "rw-r--r--");
            log.atInfo().addKeyValue("path", cert).log("created cert file");
        }
        return config.toBuilder()
                .identity(cert.toString(), key.toString())
                .clientIdentity(cert.toString(), key.toString())
                .build();
    }

    private static void write(Path file, byte[] content, String permissions) throws IOException {
        Files.deleteIfExists(file); // permissions count for a file that is made
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, permissions(file, permissions))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] permissions(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
