package io.etcetera.server.http;

import io.etcetera.server.net.http.HttpReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** Makes recordings of what the JVM does, one at a time. */
final class FlightRecordings {
    private static final int MAX_SECONDS = 600;
    /** Of the recording: it is kept in memory while it is sent. The oldest events go when there are more. */
    private static final long MAX_BYTES = 64 << 20;

    private final Semaphore one = new Semaphore(1);

    /**
     * Makes a recording on this thread.
     *
     * @param settings their name in the JDK
     */
    HttpReply record(String settings, int seconds) {
        if (seconds > MAX_SECONDS) {
            return HttpReply.error(400, "a recording may take " + MAX_SECONDS + " seconds");
        }
        if (!one.tryAcquire()) {
            return HttpReply.error(503, "another recording is being made");
        }
        try {
            return HttpReply.of(200, "application/octet-stream", recorded(settings, seconds))
                    .with("Content-Disposition", "attachment; filename=\"" + settings + ".jfr\"")
                    .with("X-Content-Type-Options", "nosniff");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.error(503, "the member stops");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            one.release();
        }
    }

    private static byte[] recorded(String settings, int seconds) throws IOException, InterruptedException {
        Path file = Files.createTempFile("etcd", ".jfr");
        try (Recording recording = new Recording(Configuration.getConfiguration(settings))) {
            recording.setToDisk(true);
            recording.setMaxSize(MAX_BYTES);
            recording.start();
            letPass(seconds);
            recording.stop();
            recording.dump(file);
            return Files.readAllBytes(file);
        } catch (ParseException e) {
            throw new IOException("the JDK's settings " + settings + " cannot be read", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void letPass(int seconds) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        assert !never;
    }
}
