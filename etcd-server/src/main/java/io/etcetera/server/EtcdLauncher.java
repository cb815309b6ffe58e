package io.etcetera.server;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.raft.RaftException;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.consistency.InconsistentException;
import io.etcetera.server.transport.Wire;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What surrounds one member, and how it is started there; made by {@link Etcd#launcher}. One thread; may be used for
 * one start after the other.
 */
public final class EtcdLauncher {
    private static final Logger log = LoggerFactory.getLogger(EtcdLauncher.class);

    private final EtcdConfig config;
    private EtcdListener listener = cause -> {};
    private Wire wire = Wire.INTACT;
    private TimeSource time = TimeSource.system();

    EtcdLauncher(EtcdConfig config) {
        this.config = config;
    }

    /** Who is told what happens to the member. By default nobody; failures are logged in any case. */
    public EtcdLauncher listener(EtcdListener value) {
        listener = value;
        return this;
    }

    /**
     * What stands between this member and its peers, in both directions of what it sends. By default, nothing. For tests of
     * what uses a cluster: members that share one view of who reaches whom can be parted and joined again.
     */
    public EtcdLauncher wire(Wire value) {
        wire = value;
        return this;
    }

    /** The clock. By default the machine's; for tests, which can turn another. */
    public EtcdLauncher time(TimeSource value) {
        time = value;
        return this;
    }

    /**
     * Starts the member, and returns when it is known to its cluster and serves clients. That takes a leader: with several
     * members, this waits until enough of the others have been started, however long that takes; an interrupt ends it.
     *
     * @throws EtcdStartException if it cannot be started, or the calling thread is interrupted meanwhile; nothing is
     *     left open then, though files may have been created. The listener is not told of it
     */
    public Etcd start() throws EtcdStartException {
        Etcd etcd = open();
        boolean ready = false;
        try {
            etcd.awaitReady();
            ready = true;
        } catch (ExecutionException e) {
            throw etcd.failedWhileStarting(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            if (!ready) {
                etcd.kill();
            }
        }
        etcd.tell(listener);
        return etcd;
    }

    /**
     * Does on this thread what the member can do alone, as reading its files and listening on its ports, and returns without
     * waiting for the others of its cluster: {@link Etcd#ready} tells when it serves clients. So one thread can start
     * several members of a cluster, and give a start up by closing the member.
     *
     * @throws EtcdStartException as {@link #start}; what goes wrong later on, {@link Etcd#ready} and the listener are told
     */
    public Etcd startAsync() throws EtcdStartException {
        Etcd etcd = open();
        etcd.tell(listener);
        return etcd;
    }

    private Etcd open() throws EtcdStartException {
        ConfigCheck.check(config);
        CloseStack open = new CloseStack();
        MemberFailure failure = new MemberFailure();
        boolean opened = false;
        try {
            OwnerNews news = open.add(new OwnerNews(listener, config.name()));
            Member member = new Member(config, time, wire, failure, news, open);
            opened = true;
            return new Etcd(config, member, failure);
        } catch (ClusterConfigException
                | IOException
                | RaftException
                | IllegalArgumentException
                | CorruptStoreException
                | StoreFailedException e) {
            throw new EtcdStartException(e.getMessage(), e);
        } catch (InconsistentException e) {
            log.atError().addKeyValue("error", e.getMessage()).log("checkInitialHashKV failed");
            throw new EtcdStartException(e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            if (!opened) {
                open.close();
            }
        }
    }

    private static EtcdStartException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new EtcdStartException("interrupted while the member was starting", e);
    }
}
