package io.etcetera.daemon;

import java.net.URI;
import java.util.List;

/** A member that serves. The process needs no more of it than this. */
public interface RunningMember extends AutoCloseable {
    /** Where clients are served, with the ports that were really bound. */
    List<URI> clientUrls();

    /** Where clients are served over HTTP alone, with the ports that were really bound. */
    List<URI> httpUrls();

    /** Stops serving and closes the store. */
    @Override
    void close();
}
