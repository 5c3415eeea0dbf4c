using System.CommandLine;
using System.Text.Json;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Planning;

/// <summary><c>plan</c>: what new definitions would do, before they do it.</summary>
internal static class PlanCommand
{
    private const string Running = "running";

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "plan",
            "Show what the segments and rules of a configuration would change: who enters and leaves, sizes, overlaps, triggers, state. Changes nothing.",
            """
            streamsegmenter plan --config new.yaml --against running
            streamsegmenter plan --config new.yaml --against results --customers moves.jsonl
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var against = CheckedOption.Text(
            "--against", "'running': the committed state of the engine that the configuration's Kafka section names. A folder: the results of a replay "
            + "with the present definitions; the new ones are replayed over the configuration's files.", "running|folder");
        against.Required = true;
        var customers = CheckedOption.Text("--customers", "Write who enters and who leaves to this file, a JSON object per line.", "file");
        var json = JsonOption.Create();
        command.Options.Add(against);
        command.Options.Add(customers);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var target = parsed.GetValue(against)!;
                var configuration = options.Load(parsed, target == Running ? ConfigurationUse.Run : ConfigurationUse.Replay, terminal);
                var plan = Make(configuration, target, parsed.GetValue(customers), terminal, cancellation);
                if (parsed.GetValue(json))
                {
                    PlanReport.Write(plan, terminal.Out);
                }
                else
                {
                    PlanReport.Show(plan, terminal.Out);
                }

                return ExitCode.Fine;
            },
            cancellation));
        return command;
    }

    private static Plan Make(
        StreamSegmenterConfiguration configuration, string target, string? customers, Terminal terminal, CancellationToken cancellation)
    {
        using var moves = customers is null ? null : Open(customers);
        var counts = new PlanCounts((segment, customer, enters) => moves?.Write(
            $"{{\"segment\":{Quoted(segment)},\"change\":\"{(enters ? "enters" : "leaves")}\",\"customerId\":{Quoted(customer)}}}\n"));
        foreach (var segment in configuration.Segments.SegmentIds)
        {
            counts.Define(segment);
        }

        return target == Running
            ? new RunningState(configuration, counts).Read(cancellation)
            : new ReplayedState(configuration, target, counts, terminal.Time).Read(cancellation);
    }

    private static StreamWriter Open(string file)
    {
        try
        {
            return new StreamWriter(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--customers: '{file}' cannot be written: {e.Message}", ExitCode.Usage);
        }
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
