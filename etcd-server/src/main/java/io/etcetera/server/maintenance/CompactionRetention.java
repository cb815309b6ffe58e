package io.etcetera.server.maintenance;

import io.etcetera.server.EtcdConfig.CompactionMode;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoDuration;

/**
 * How much history automatic compaction keeps.
 *
 * @param mode what {@code amount} counts
 * @param amount nanoseconds, or revisions; 0 or less is off
 */
public record CompactionRetention(CompactionMode mode, long amount) {
    /**
     * Reads the option: a whole number of hours or revisions, as the mode has it, or a duration as Go writes it; off if it
     * is empty. In revision mode a duration counts as that many revisions as it has nanoseconds, as in etcd.
     *
     * @throws IllegalArgumentException with etcd's message
     */
    public static CompactionRetention parse(CompactionMode mode, String text) {
        if (text.isEmpty()) {
            return new CompactionRetention(mode, 0);
        }
        try {
            if (text.matches("\\+?[0-9]{1,18}")) {
                return new CompactionRetention(mode, plain(mode, text));
            }
            return new CompactionRetention(mode, GoDuration.parse(text).toNanos());
        } catch (BadValueException e) {
            throw new IllegalArgumentException("error parsing CompactionRetention: " + e.getMessage(), e);
        }
    }

    private static long plain(CompactionMode mode, String number) throws BadValueException {
        return switch (mode) {
            case PERIODIC -> GoDuration.parse(number + "h").toNanos();
            case REVISION -> Long.parseLong(number);
        };
    }

    /** Whether anything is to be compacted at all. */
    public boolean isOn() {
        return amount > 0;
    }
}
