package io.etcetera.mvcc.backend;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * A backend that can be copied for another member, and whose content can be replaced by such a copy while it is in use.
 *
 * <p>Each call goes to the content of that moment; two calls may see different ones if a replacement comes between. Who
 * has to see one content throughout works with what {@link #pinned} returns.
 */
public interface ReplaceableBackend extends Backend {

    /**
     * An image of the store as of a commit that holds all that is written by now. Holds up nobody.
     *
     * @return the image, to be closed. Completes on a thread that must not close the store. Completes exceptionally with
     *     {@link io.etcetera.mvcc.StoreImageException} if there is none, because the disk is nearly full or the store is
     *     being closed
     */
    CompletionStage<StoreImage> image();

    /**
     * Writes the store as of a commit that holds all that is written by now as a bbolt file, as etcd keeps and takes it:
     * its buckets, keys and values, without checksums of ours. Holds up nobody; those asked for at the same time are made
     * one after the other. While it is made, a read transaction is open, see {@link StoreImage}.
     *
     * <p>The snapshot is written to the disk, and complete when this completes. Where that has no room for it beside what is
     * left to the member, it is made while it is read: the read transaction then stays open until that is done, the next
     * snapshot waits for this one, and it is given up when the disk fills further or the reader rests for half a minute.
     *
     * @param unwanted asked now and then whether nobody waits for it any more; any thread
     * @return the snapshot, to be closed. Completes on a thread that must not close the store. Completes exceptionally with
     *     {@link io.etcetera.mvcc.StoreSnapshotException} if the disk lacks even that space or fails, or the store is being
     *     closed; with {@link java.util.concurrent.CancellationException} if it became unwanted
     */
    CompletionStage<StoreSnapshot> snapshot(BooleanSupplier unwanted);

    /** How far the snapshot is that is being written. Any thread. */
    CopyProgress snapshotProgress();

    /** Where {@link #openIncoming} looks for another member's copy: a file beside the store, which need not exist. */
    Path incomingFile();

    /**
     * Opens another member's {@link #image}, which was carried to {@link #incomingFile}, beside this store, which stays as
     * it is. The file, which is durable by now, is checked page by page, and all records are but those of {@link
     * io.etcetera.mvcc.schema.Bucket#KEY}; if it is refused, it is removed. One at a time: whatever was opened
     * before has been closed or installed. Takes long; any thread; if that is interrupted, this fails soon.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if it is damaged or not there
     * @throws io.etcetera.mvcc.StoreFailedException if the system refuses to open it
     */
    IncomingStore openIncoming();
}
