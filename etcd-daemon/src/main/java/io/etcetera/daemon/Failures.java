package io.etcetera.daemon;

/** Puts a failure into one line. */
final class Failures {
    private Failures() {}

    /** The message, followed by those of the causes that it does not contain already. */
    static String describe(Throwable failure) {
        StringBuilder out = new StringBuilder(message(failure));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            if (out.indexOf(message(cause)) < 0) {
                out.append(": ").append(message(cause));
            }
            cause = cause.getCause();
        }
        return out.toString();
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getName() : message;
    }
}
