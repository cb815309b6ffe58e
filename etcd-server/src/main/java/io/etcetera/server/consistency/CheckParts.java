package io.etcetera.server.consistency;

import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.time.Duration;

/**
 * What checks work with.
 *
 * @param memberId of this member
 * @param reads waited for with the others' answers at hand: nobody is ahead of what is read then
 * @param proposer takes alarms
 * @param timeout of one question to another member
 */
public record CheckParts(
        long memberId, OwnHashes own, PeerHashes peers, ReadBarrier reads, Proposer proposer, Duration timeout) {

    /** This member's ID as the log has it. */
    String self() {
        return Long.toHexString(memberId);
    }
}
