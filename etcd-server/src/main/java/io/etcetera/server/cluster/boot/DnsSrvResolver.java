package io.etcetera.server.cluster.boot;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** Asks the name servers of the system, or one that is named, by way of the JDK's provider for DNS. */
public final class DnsSrvResolver implements SrvResolver {
    private static final String FACTORY = "com.sun.jndi.dns.DnsContextFactory";
    private static final String FIRST_TIMEOUT_MILLIS = "2000";
    private static final String TRIES = "3";
    private static final String SRV = "SRV";
    private static final int DNS_PORT = 53;

    private final String providerUrl;

    private DnsSrvResolver(String providerUrl) {
        this.providerUrl = providerUrl;
    }

    /** Asks the name servers of the system. */
    public static DnsSrvResolver ofSystem() {
        return new DnsSrvResolver("dns:");
    }

    /** @param server as host:port */
    static DnsSrvResolver at(String server) {
        return new DnsSrvResolver("dns://" + server);
    }

    @Override
    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // The provider for DNS makes no objects out of what it reads.
    public List<SrvRecord> lookup(String name) throws IOException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, FACTORY);
        environment.put(Context.PROVIDER_URL, providerUrl);
        environment.put("com.sun.jndi.dns.timeout.initial", FIRST_TIMEOUT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", TRIES);
        try {
            DirContext dns = new InitialDirContext(environment);
            try {
                // The dot keeps the search list of the system out of it.
                return records(dns.getAttributes(name + ".", new String[] {SRV}));
            } catch (NameNotFoundException e) {
                throw new IOException("lookup " + name + " on " + server(dns) + ": no such host", e);
            } finally {
                dns.close();
            }
        } catch (NamingException e) {
            throw new IOException("lookup " + name + ": " + e.getMessage(), e);
        }
    }

    /** The first server that was asked, as host:port. */
    private static String server(DirContext dns) throws NamingException {
        String urls = String.valueOf(dns.getEnvironment().get(Context.PROVIDER_URL));
        URI first = URI.create(urls.split(" ", 2)[0]);
        return first.getHost() + ":" + (first.getPort() < 0 ? DNS_PORT : first.getPort());
    }

    private static List<SrvRecord> records(Attributes attributes) throws NamingException {
        List<SrvRecord> records = new ArrayList<>();
        Attribute found = attributes.get(SRV);
        if (found != null) {
            NamingEnumeration<?> values = found.getAll();
            while (values.hasMore()) {
                records.add(record(String.valueOf(values.next())));
            }
        }
        records.sort(Comparator.comparingInt(SrvRecord::priority));
        return records;
    }

    /** Reads "priority weight port target". */
    private static SrvRecord record(String text) throws NamingException {
        String[] fields = text.split(" ", -1);
        if (fields.length != 4) {
            throw new NamingException("not an SRV record: " + text);
        }
        String target = fields[3].endsWith(".") ? fields[3].substring(0, fields[3].length() - 1) : fields[3];
        return new SrvRecord(
                Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), target);
    }
}
