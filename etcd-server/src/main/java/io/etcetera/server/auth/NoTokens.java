package io.etcetera.server.auth;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.function.LongSupplier;

/** No tokens at all: callers are known by their certificates, or not. */
final class NoTokens implements Tokens {

    @Override
    public String assign(String username, String prefix, long index) throws EtcdException {
        throw new EtcdException(EtcdError.AUTH_FAILED);
    }

    @Override
    public void resolve(String token, LongSupplier currentRevision, ResultCallback<Caller> callback) {
        callback.failed(new EtcdException(EtcdError.INVALID_AUTH_TOKEN));
    }
}
