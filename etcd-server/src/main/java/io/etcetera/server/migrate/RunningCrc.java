package io.etcetera.server.migrate;

/** A CRC-32C (Castagnoli) that goes on from any value: in the log of the Go etcd each file goes on where the one before ended. */
final class RunningCrc {
    private static final int POLYNOMIAL_REFLECTED = 0x82F63B78;
    private static final int[] TABLE = table();

    private int value;

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL_REFLECTED : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }

    int value() {
        return value;
    }

    /** Goes on from a value that was computed elsewhere. */
    void set(int newValue) {
        value = newValue;
    }

    int update(byte[] bytes) {
        int crc = ~value;
        for (byte b : bytes) {
            crc = TABLE[(crc ^ b) & 0xff] ^ (crc >>> Byte.SIZE);
        }
        value = ~crc;
        return value;
    }
}
