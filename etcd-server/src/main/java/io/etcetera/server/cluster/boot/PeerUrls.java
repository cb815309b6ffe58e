package io.etcetera.server.cluster.boot;

import io.etcetera.server.text.GoText;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;

/** Whether two lists of peer URLs mean the same member: the same addresses, in whatever order and by whatever name. */
final class PeerUrls {
    private PeerUrls() {}

    /** How two lists differ, in etcd's words; empty if they mean the same addresses. */
    static String difference(List<String> one, List<String> other) {
        List<String> sortedOne = one.stream().sorted().toList();
        List<String> sortedOther = other.stream().sorted().toList();
        if (sortedOne.size() != sortedOther.size()) {
            return "len(" + quoted(sortedOne) + ") != len(" + quoted(sortedOther) + ")";
        }
        if (sortedOne.equals(sortedOther)) {
            return "";
        }
        List<String> resolvedOne = resolved(sortedOne);
        List<String> resolvedOther = resolved(sortedOther);
        for (int i = 0; i < resolvedOne.size(); i++) {
            if (!resolvedOne.get(i).equals(resolvedOther.get(i))) {
                return "resolved urls: " + GoText.quote(sortedOne.get(i)) + " != " + GoText.quote(sortedOther.get(i));
            }
        }
        return "";
    }

    private static String quoted(List<String> urls) {
        return urls.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
    }

    private static List<String> resolved(List<String> urls) {
        return urls.stream().map(PeerUrls::resolved).sorted().toList();
    }

    /** With the host's address in place of its name, where there is one; "localhost" stays, as in etcd. */
    private static String resolved(String text) {
        URI url = URI.create(text);
        String host = url.getHost();
        if (host == null || host.equals("localhost")) {
            return text;
        }
        try {
            return url.getScheme() + "://" + InetAddress.getByName(host).getHostAddress() + ":" + url.getPort();
        } catch (UnknownHostException e) {
            return text;
        }
    }
}
