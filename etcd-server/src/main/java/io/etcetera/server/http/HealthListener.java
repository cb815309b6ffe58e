package io.etcetera.server.http;

/** Is told what the health checks have found. Any thread; must not block. */
public interface HealthListener {
    /** Is not interested. */
    HealthListener NONE = new HealthListener() {
        @Override
        public void health(boolean healthy) {}

        @Override
        public void checked(String type, String name, boolean passed) {}
    };

    /** {@code /health} has been asked. */
    void health(boolean healthy);

    /**
     * One of the checks of {@code /livez} or {@code /readyz} has been made.
     *
     * @param type livez or readyz
     * @param name of the check, such as serializable_read
     */
    void checked(String type, String name, boolean passed);
}
