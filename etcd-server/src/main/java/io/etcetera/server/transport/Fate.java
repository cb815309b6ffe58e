package io.etcetera.server.transport;

import java.time.Duration;

/** What becomes of something that a member sends to another. */
public sealed interface Fate {
    Fate DELIVERED = new Delivered();
    Fate LOST = new Lost();
    Fate CUT = new Cut();

    /** It arrives. */
    record Delivered() implements Fate {}

    /** It arrives later, and what is sent behind it on the same connection does not overtake it. */
    record Delayed(Duration delay) implements Fate {}

    /** It vanishes without a trace, as does all that is sent behind it on the same connection. */
    record Lost() implements Fate {}

    /** Its connection breaks. */
    record Cut() implements Fate {}
}
