using System.CommandLine;

namespace StreamSegmenter.Host.Commands;

/// <summary><c>completion</c> prints a script for a shell; the script calls the hidden <c>complete</c> for what may follow on the line. The
/// answers are those of the command-line library, so that they are always those of the options there are.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _streamsegmenter() {
          local IFS=$'\n'
          COMPREPLY=($(streamsegmenter complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
        }
        complete -o default -F _streamsegmenter streamsegmenter
        """;

    private const string Zsh = """
        #compdef streamsegmenter
        _streamsegmenter() {
          local -a answers=("${(@f)$(streamsegmenter complete "$LBUFFER" 2>/dev/null)}")
          if [[ -n "$answers" ]]; then compadd -- $answers; else _files; fi
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        compdef _streamsegmenter streamsegmenter
        """;

    private const string Fish = """
        complete -c streamsegmenter -a '(streamsegmenter complete (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "completion",
            "Print a script that lets a shell complete commands, options and their values.",
            """
            source <(streamsegmenter completion bash)
            source <(streamsegmenter completion zsh)
            streamsegmenter completion fish | source
            """);
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        command.Arguments.Add(shell);
        command.SetAction(parsed => terminal.Out.WriteLine(ScriptOf(parsed.GetValue(shell)!)));
        return command;
    }

    /// <summary>Called by the scripts: prints, one per line, what may follow at the end of a line.</summary>
    public static Command CreateAnswer(Terminal terminal)
    {
        var command = new Command("complete", "What may follow on a command line.") { Hidden = true };
        var line = new Argument<string>("line") { Description = "The line up to the cursor, beginning with the program." };
        command.Arguments.Add(line);
        command.SetAction(parsed =>
        {
            foreach (var answer in Answers(parsed.RootCommandResult.Command, parsed.GetValue(line)!))
            {
                terminal.Out.WriteLine(answer);
            }
        });
        return command;
    }

    private static IEnumerable<string> Answers(Command root, string line)
    {
        var program = line.IndexOf(' ');
        var rest = program < 0 ? "" : line[(program + 1)..];
        return root.Parse(rest).GetCompletions(rest.Length).Select(item => item.Label)
            .Where(label => !label.StartsWith('/') && label is not ("-?" or "-h")).Distinct();
    }

    private static string ScriptOf(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => throw new CommandFailure($"completion expects bash, zsh or fish, found '{shell}'", ExitCode.Usage),
    };
}
