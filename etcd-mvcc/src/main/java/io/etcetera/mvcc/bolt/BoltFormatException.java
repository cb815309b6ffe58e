package io.etcetera.mvcc.bolt;

import java.io.IOException;

/** A file is no bbolt file, is damaged, or ends early. The message names the file and the place. */
public final class BoltFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public BoltFormatException(String message) {
        super(message);
    }
}
