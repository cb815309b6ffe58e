package io.etcetera.daemon;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * SIGTERM and SIGINT. The JVM's own shutdown hooks do not tell which one it was, and end with a status of their own; etcd ends by
 * the signal itself, so that whoever waits for the process sees it killed by what it sent.
 *
 * <p>The one way to tell signals apart and to raise them is {@code sun.misc.Signal}. It is called by reflection because the compiler
 * warns of it in a manner that cannot be suppressed.
 */
public final class Signals {
    private static final long INIT_PROCESS = 1;

    private Signals() {}

    /** A signal that asks the process to end. */
    public enum Kind {
        TERM("terminated", 143),
        INT("interrupt", 130);

        /** The signal's name in Go's words. */
        final String text;

        /** What a shell calls the status of a process that this signal ended. */
        final int status;

        Kind(String text, int status) {
            this.text = text;
            this.status = status;
        }
    }

    /**
     * Hands these signals to the receiver, on a thread of the JVM, instead of ending the process; those, too, that whoever started
     * the process has it ignore, as shells do with SIGINT for what they put into the background.
     */
    static void handle(Consumer<Kind> receiver) {
        for (Kind kind : Kind.values()) {
            try {
                Api api = Api.load();
                Object handler = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(),
                        new Class<?>[] {api.handlerType()},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("handle")) {
                                receiver.accept(kind);
                                return null;
                            }
                            return method.invoke(kind, arguments); // the methods of Object
                        });
                Object signal = api.signal(kind);
                Object before = api.handle().invoke(null, signal, handler);
                if (Objects.equals(before, api.ignored())) {
                    InheritedSignals.restoreDefault(api.number(signal));
                    api.handle().invoke(null, signal, handler);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot handle SIG" + kind, e);
            }
        }
    }

    /**
     * Ends the process by this signal, without running anything more. The first process of a container cannot kill itself with a
     * signal; it ends with status 0, as etcd does.
     */
    static void die(Kind kind) {
        if (ProcessHandle.current().pid() == INIT_PROCESS) {
            Runtime.getRuntime().halt(0);
        }
        try {
            Api api = Api.load();
            Object signal = api.signal(kind);
            api.handle().invoke(null, signal, api.byDefault());
            api.raise().invoke(null, signal);
        } catch (ReflectiveOperationException e) {
            Runtime.getRuntime().halt(kind.status);
        }
    }

    private record Api(Class<?> handlerType, Constructor<?> constructor, Method handle, Method raise) {
        static Api load() throws ReflectiveOperationException {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            return new Api(
                    handler,
                    signal.getConstructor(String.class),
                    signal.getMethod("handle", signal, handler),
                    signal.getMethod("raise", signal));
        }

        Object signal(Kind kind) throws ReflectiveOperationException {
            return constructor.newInstance(kind.name());
        }

        int number(Object signal) throws ReflectiveOperationException {
            return (int) signal.getClass().getMethod("getNumber").invoke(signal);
        }

        Object byDefault() throws ReflectiveOperationException {
            return handlerType.getField("SIG_DFL").get(null);
        }

        Object ignored() throws ReflectiveOperationException {
            return handlerType.getField("SIG_IGN").get(null);
        }
    }
}
