package io.etcetera.mvcc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Makes digests that compute SHA-256. */
public final class Sha256 {
    /** Length of what they compute. */
    public static final int BYTES = 32;

    private Sha256() {}

    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
