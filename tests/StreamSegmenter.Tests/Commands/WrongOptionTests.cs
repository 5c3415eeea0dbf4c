using System.CommandLine;
using StreamSegmenter.Host;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Tests.Commands;

/// <summary>Every option of every command, given what it cannot mean: a sentence that names it, never a stack trace.</summary>
public sealed class WrongOptionTests : IDisposable
{
    private readonly Cli _cli = new();

    public static TheoryData<string, string> Options()
    {
        var options = new TheoryData<string, string>();
        var root = CommandLineProgram.Build(new Terminal { Out = TextWriter.Null, Error = TextWriter.Null, Time = TimeProvider.System });
        foreach (var (path, option) in Below(root, ""))
        {
            options.Add(path, option.Name);
        }

        return options;
    }

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public async Task A_wrong_value_is_a_usage_error_that_names_its_option(string command, string option)
    {
        var file = _cli.Write("a-file", "not a configuration: [");
        string[] values = option is "--config" or "--out" or "--from" or "--replay" || (command is "plan" && option is "--customers")
            ? [file + "/below", ""]
            : ["wrong", "-1", "1.5e99", "99999999999999999999999", "٣", ""];
        foreach (var value in values)
        {
            // A customer's name may be any text. An option that takes no value is merely given by an empty one.
            if ((option is "--customer" && value.Length > 0) || (value.Length == 0 && option is "--json" or "--csv" or "--drain" or "--uniform" or "--forget-positions" or "--group-is-stopped"))
            {
                continue;
            }

            var exitCode = await _cli.RunAsync([.. command.Split(' '), .. Required(command, option), $"{option}={value}"]);

            var said = _cli.Error;
            Assert.True(exitCode == ExitCode.Usage, $"{command} {option}={value} ended with {exitCode}: {said}");
            Assert.Contains(option is "--config" ? value : option, said, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", said, StringComparison.Ordinal);
            Assert.DoesNotContain("fault of the program", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_commands_are_tried()
    {
        var commands = Options().Select(row => row.Data.Item1).Distinct();

        Assert.Superset(new HashSet<string> { "demo", "run", "replay", "validate", "generate", "inspect", "explain", "state export", "state import" }, commands.ToHashSet());
    }

    // What the command needs beside the option, so that nothing else is wrong.
    private IEnumerable<string> Required(string command, string option)
    {
        var events = _cli.Write("events.jsonl", "");
        var configuration = _cli.Write("c.yaml", $"inputs:\n  - file: {events}\n    topic: t\nkafka: {{brokers: 'localhost:1'}}\n");
        (string Name, string Value)[] all =
            command is "demo" ? []
            : command is "generate" ? [("--out", _cli.PathOf("out.jsonl")), ("--count", "1")]
            : command is "replay" ? [("--config", configuration), ("--out", _cli.PathOf("results"))]
            : command is "plan" ? [("--config", configuration), ("--against", _cli.Folder)]
            : command is "inspect" or "explain" ? [("--config", configuration), ("--customer", "c1")]
            : command is "segments try" ? [("--config", configuration), ("--customer", "c1"), ("--when", "true")]
            : [("--config", configuration)];
        return all.Where(pair => pair.Name != option).Select(pair => $"{pair.Name}={pair.Value}").Concat(command is "state import" ? [events] : []);
    }

    private static IEnumerable<(string Path, Option Option)> Below(Command command, string path) =>
        command.Options.Where(option => path.Length > 0 || option is not { Recursive: true }).Select(option => (path, option))
            .Where(pair => pair.path.Length > 0)
            .Concat(command.Subcommands.SelectMany(child => Below(child, path.Length == 0 ? child.Name : $"{path} {child.Name}")));
}
