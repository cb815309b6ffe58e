package io.etcetera.testing.fuzz;

/**
 * What decoding one input may take. Both are measured for the decoding thread alone, so that a busy machine changes nothing.
 *
 * @param cpuMillis processor time
 * @param allocatedBytes memory allocated whatever the input is
 * @param allocatedPerByte memory allocated beyond that, for each byte of the input
 */
record Limits(long cpuMillis, long allocatedBytes, long allocatedPerByte) {
    static final Limits DEFAULT = new Limits(5_000, 4 << 20, 200);

    Limits withAllocation(long bytes, long perByte) {
        return new Limits(cpuMillis, bytes, perByte);
    }

    long allocation(int inputBytes) {
        return allocatedBytes + allocatedPerByte * inputBytes;
    }
}
