package io.etcetera.server.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PingTimerTest {
    private final PingTimer timer = new PingTimer();

    @Test
    void timesOnePingAtATimeAndNotTheFirst() {
        timer.sent(0);
        timer.sent(100); // while the connection is being made
        assertThat(timer.answered(200)).isEmpty();
        assertThat(timer.answered(210)).isEmpty();
        timer.sent(300);
        timer.sent(400); // the first answer is that to the ping before
        assertThat(timer.answered(450)).hasValue(150);
        assertThat(timer.answered(460)).isEmpty();
        timer.sent(500);
        assertThat(timer.answered(501)).hasValue(1);
    }
}
