package io.etcetera.daemon;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The members that {@code --initial-cluster} names, by name. */
record InitialCluster(Map<String, List<URI>> members) {

    /** Reads {@code name=url,name=url}; a name may come again with another URL. */
    static InitialCluster parse(String text) throws BadValueException {
        Map<String, List<String>> texts = new TreeMap<>();
        for (String element : text.split(",", -1)) {
            int equals = element.indexOf('=');
            String name = (equals < 0 ? element : element.substring(0, equals)).strip();
            if (!element.isEmpty()) {
                String url = equals < 0 ? "" : element.substring(equals + 1);
                texts.computeIfAbsent(name, n -> new ArrayList<>()).add(url);
            }
        }
        Map<String, List<URI>> members = new TreeMap<>();
        for (Map.Entry<String, List<String>> member : texts.entrySet()) {
            members.put(member.getKey(), EtcdUrls.parse(String.join(",", member.getValue())));
        }
        return new InitialCluster(members);
    }

    /** The cluster of one member, as it is written on the command line. */
    static String ofOne(String name, List<URI> urls) {
        return String.join(",", urls.stream().map(url -> name + "=" + url).toList());
    }

    /** Checks that this member is in it, under the URLs that it advertises, and that no two members share a URL. */
    void check(String localName, List<URI> advertised) throws ConfigException {
        List<URI> local = members.get(localName);
        if (local == null) {
            throw new ConfigException(
                    "couldn't find local name " + GoText.quote(localName) + " in the initial cluster configuration");
        }
        Set<URI> seen = new HashSet<>();
        for (List<URI> urls : members.values()) {
            for (URI url : urls) {
                if (!seen.add(url)) {
                    throw new ConfigException("initial cluster " + GoText.quote(format()) + " has duplicate url");
                }
            }
        }
        if (!resolved(local).equals(resolved(advertised))) {
            throw new ConfigException("--initial-cluster has " + ofOne(localName, local)
                    + " but missing from --initial-advertise-peer-urls=" + EtcdUrls.format(advertised)
                    + difference(advertised, local));
        }
    }

    private static String difference(List<URI> advertised, List<URI> local) {
        if (advertised.size() != local.size()) {
            return " (len(" + quoted(advertised) + ") != len(" + quoted(local) + "))";
        }
        for (int i = 0; i < local.size(); i++) {
            if (!advertised.get(i).equals(local.get(i))) {
                return " (resolved urls: " + GoText.quote(advertised.get(i).toString()) + " != "
                        + GoText.quote(local.get(i).toString()) + ")";
            }
        }
        return "";
    }

    private static String quoted(List<URI> urls) {
        return "["
                + String.join(
                        " ", urls.stream().map(u -> GoText.quote(u.toString())).toList()) + "]";
    }

    /** The URLs with host names replaced by addresses, so that two spellings of one place are equal. */
    private static Set<String> resolved(List<URI> urls) {
        Set<String> out = new TreeSet<>();
        for (URI url : urls) {
            String host = EtcdUrls.host(url);
            String address = host;
            if (!host.isEmpty() && !EtcdUrls.isIpLiteral(host)) {
                try {
                    address = InetAddress.getByName(host).getHostAddress();
                } catch (UnknownHostException e) {
                    address = host; // may be known later, or only to the others: then the spelling has to be the same
                }
            }
            out.add(url.getScheme() + "://" + address + ":" + url.getPort() + url.getRawPath());
        }
        return out;
    }

    private String format() {
        return String.join(
                ",",
                members.entrySet().stream()
                        .map(member -> ofOne(member.getKey(), member.getValue()))
                        .toList());
    }
}
