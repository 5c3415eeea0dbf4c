using System.CommandLine;
using System.CommandLine.Help;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Definitions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Demo;
using StreamSegmenter.Host.Explain;
using StreamSegmenter.Host.Planning;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Serving;
using StreamSegmenter.Host.ShopMetrics;
using StreamSegmenter.Host.State;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Runtime;

namespace StreamSegmenter.Host;

/// <summary>The whole program: reads the command line, runs a command, turns what went wrong into a sentence on standard
/// error and an exit code.</summary>
internal static class CommandLineProgram
{
    private const string Name = "streamsegmenter";

    /// <param name="stopping">Stops the command as Ctrl-C does.</param>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken stopping = default)
    {
        try
        {
            var root = Build(terminal);
            var parsed = root.Parse(arguments switch
            {
                [] => ["--help"],
                ["help", .. var command] => [.. command, "--help"],
                _ => arguments,
            });
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExample)
            {
                return RefuseUsage(parsed, root, terminal);
            }

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                // Signals are StopSignals' work: it knows a second one, and no limit but the command's own.
                ProcessTerminationTimeout = null,
            }, stopping);
        }
        catch (CommandFailure failure)
        {
            terminal.Error.WriteLine($"{Name}: {failure.Message}");
            return failure.ExitCode;
        }
        catch (ConfigurationException e)
        {
            terminal.Error.WriteLine($"{Name}: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or KafkaLaneException
            or EngineStoppedException)
        {
            terminal.Error.WriteLine($"{Name}: {e.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine($"{Name}: interrupted");
            return ExitCode.Failed;
        }
        catch (Exception e) when (terminal.Environment("STREAMSEGMENTER_DEBUG") is null)
        {
            terminal.Error.WriteLine($"{Name}: {e.GetType().Name}: {e.Message}");
            terminal.Error.WriteLine("This is a fault of the program. STREAMSEGMENTER_DEBUG=1 shows where it happened.");
            return ExitCode.Failed;
        }
    }

    // No RootCommand: it takes its name from the assembly, and the program's name is another.
    public static Command Build(Terminal terminal)
    {
        var root = new Command(
            Name,
            "Segments a shop's customers in real time: reads clickstream and cart events, and emits cart-abandonment triggers, "
            + "segment membership changes and conversion metrics.");
        root.Subcommands.Add(DemoCommand.Create(terminal));
        root.Subcommands.Add(RunCommand.Create(terminal));
        root.Subcommands.Add(ReplayCommand.Create(terminal));
        root.Subcommands.Add(ValidateCommand.Create(terminal));
        root.Subcommands.Add(PlanCommand.Create(terminal));
        root.Subcommands.Add(PublishCommand.Create(terminal));
        root.Subcommands.Add(GenerateCommand.Create(terminal));
        root.Subcommands.Add(InspectCommand.Create(terminal));
        root.Subcommands.Add(ExplainCommand.Create(terminal));
        root.Subcommands.Add(SegmentsCommand.Create(terminal));
        root.Subcommands.Add(MetricsCommand.Create(terminal));
        root.Subcommands.Add(StateCommand.Create(terminal));
        root.Subcommands.Add(CompletionCommand.Create(terminal));
        root.Subcommands.Add(CompletionCommand.CreateAnswer(terminal));
        var help = new HelpOption();
        help.Action = new HelpWithExample((HelpAction)help.Action!);
        root.Options.Add(help);
        root.Options.Add(new VersionOption());
        return root;
    }

    private static int RefuseUsage(ParseResult parsed, Command root, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        string[] known = [.. command.Options.Select(o => o.Name), .. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
        var strangers = parsed.UnmatchedTokens;
        foreach (var stranger in strangers)
        {
            terminal.Error.WriteLine($"{Name}: there is no '{stranger}'{NearestName.HintOrList(stranger, known)}");

            // What follows an option that there is not is most likely its value.
            if (stranger.StartsWith('-'))
            {
                break;
            }
        }

        if (strangers.Count == 0)
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Error.WriteLine($"{Name}: {error.Message}");
            }
        }

        terminal.Error.WriteLine($"'{(command == root ? Name : $"{Name} {command.Name}")} --help' shows how it is used.");
        return ExitCode.Usage;
    }
}
