package io.etcetera.server;

import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.server.maintenance.AlarmListener;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on to the member's owner what happens inside, in order, on one thread that is there only while there is news: nobody
 * inside waits for the owner. News are as rare as elections and alarms, so they need no bound. Thread-safe.
 */
final class OwnerNews implements LeadershipListener, AlarmListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnerNews.class);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final EtcdListener owner;
    private final WorkerPool thread;

    OwnerNews(EtcdListener owner, String memberName) {
        this.owner = owner;
        this.thread = WorkerPool.unbounded("etcd-news-" + memberName, 1, IDLE);
    }

    @Override
    public void leaderChanged(long leaderId) {
        tell(() -> owner.leaderChanged(leaderId));
    }

    @Override
    public void raised(AlarmMember alarm) {
        EtcdAlarm.of(alarm).ifPresent(known -> tell(() -> owner.alarmRaised(known)));
    }

    @Override
    public void cleared(AlarmMember alarm) {
        EtcdAlarm.of(alarm).ifPresent(known -> tell(() -> owner.alarmCleared(known)));
    }

    private void tell(Runnable news) {
        try {
            thread.execute(() -> {
                try {
                    news.run();
                } catch (RuntimeException e) {
                    log.warn("a listener of the member has thrown", e);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("news of a member that is being closed", e);
        }
    }

    /** Tells nothing more; a listener that is being called is interrupted, unless it is the one that closes. */
    @Override
    public void close() {
        thread.close();
    }
}
