package io.etcetera.daemon.utl;

import io.etcetera.server.text.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code etcdutl completion}: a script for a shell that knows the commands and flags by heart. */
final class CompletionCommand {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish", "powershell");

    private CompletionCommand() {}

    static Command command() {
        return Command.of(
                "completion [bash|zsh|fish|powershell]",
                "Generate completion script",
                List.of(),
                CompletionCommand::run);
    }

    private static void run(Arguments arguments, Console console) throws UtlException {
        List<String> shells = arguments.positional();
        if (shells.size() != 1) {
            throw UtlException.usage("accepts 1 arg(s), received " + shells.size());
        }
        Map<String, String> words = words(EtcdUtl.root());
        console.out()
                .print(
                        switch (shells.get(0)) {
                            case "bash" -> bash(words);
                            case "zsh" ->
                                "#compdef etcdutl\nautoload -U +X bashcompinit && bashcompinit\n" + bash(words);
                            case "fish" -> fish(words);
                            case "powershell" -> powerShell(words);
                            default ->
                                throw UtlException.usage("invalid argument " + GoText.quote(shells.get(0))
                                        + " for \"etcdutl completion\"");
                        });
    }

    /** What can follow, by the commands before it: {@code ""}, {@code "snapshot"}, {@code "snapshot status"}. */
    private static Map<String, String> words(Command root) {
        Map<String, String> words = new TreeMap<>();
        add(root, "", root, words);
        words.put("completion", String.join(" ", SHELLS));
        return words;
    }

    private static void add(Command command, String path, Command root, Map<String, String> words) {
        List<String> next = new ArrayList<>();
        command.children().forEach(child -> next.add(child.name()));
        Stream.concat(root.flags().stream(), path.isEmpty() ? Stream.empty() : command.flags().stream())
                .forEach(flag -> next.add("--" + flag.name()));
        next.add("--help");
        words.put(path, String.join(" ", next));
        for (Command child : command.children()) {
            add(child, path.isEmpty() ? child.name() : path + " " + child.name(), root, words);
        }
    }

    private static String bash(Map<String, String> words) {
        String cases = words.entrySet().stream()
                .map(entry -> "    \"" + entry.getKey() + "\") words=\"" + entry.getValue() + "\" ;;\n")
                .collect(Collectors.joining());
        return """
                # bash completion for etcdutl                              -*- shell-script -*-

                _etcdutl() {
                  local current=${COMP_WORDS[COMP_CWORD]} path="" words="" word
                  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case $word in -*) ;; *) path="${path:+$path }$word" ;; esac
                  done
                  case $path in
                """ + cases + """
                  esac
                  COMPREPLY=($(compgen -W "$words" -- "$current"))
                }
                complete -o default -F _etcdutl etcdutl
                """;
    }

    private static String fish(Map<String, String> words) {
        String cases = words.entrySet().stream()
                .map(entry ->
                        "        case '" + entry.getKey() + "'\n            printf '%s\\n' " + entry.getValue() + "\n")
                .collect(Collectors.joining());
        return "# fish completion for etcdutl                              -*- shell-script -*-\n\n"
                + "function __etcdutl_words\n"
                + "    set -l path (string match -v -- '-*' (commandline -opc)[2..-1])\n"
                + "    switch (string join ' ' $path)\n"
                + cases
                + "    end\nend\ncomplete -c etcdutl -a '(__etcdutl_words)'\n";
    }

    private static String powerShell(Map<String, String> words) {
        String cases = words.entrySet().stream()
                .map(entry -> "        '" + entry.getKey() + "' { '" + entry.getValue() + "' }\n")
                .collect(Collectors.joining());
        return "# powershell completion for etcdutl                              -*- shell-script -*-\n\n"
                + "Register-ArgumentCompleter -CommandName 'etcdutl' -ScriptBlock {\n"
                + "    param($wordToComplete, $commandAst, $cursorPosition)\n"
                + "    $path = ($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { \"$_\" } |\n"
                + "        Where-Object { $_ -notlike '-*' -and $_ -ne $wordToComplete }) -join ' '\n"
                + "    $words = switch ($path) {\n"
                + cases
                + "    }\n"
                + "    $words -split ' ' | Where-Object { $_ -like \"$wordToComplete*\" }\n}\n";
    }
}
