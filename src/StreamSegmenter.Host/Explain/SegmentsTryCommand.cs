using System.CommandLine;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Validation;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Explain;

/// <summary><c>segments try</c>: evaluates a condition for one customer, with the configuration's own segments beside it. It replays the
/// inputs' files, since the condition counts what no state has kept.</summary>
internal static class SegmentsTryCommand
{
    private const string TriedId = "tried";

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "try",
            "Evaluate a condition for one customer over the inputs' files: whether it holds, on which values, and when it changes.",
            """
            streamsegmenter segments try --config first.yaml --customer c106 --when "count(product_viewed, 7d) >= 3"
            streamsegmenter segments try --config first.yaml --customer c106 --when "did(order_completed, 30d)" --at 2026-01-01T03:00:00Z
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var customer = CheckedOption.Text("--customer", "The customer's id.", "id");
        customer.Required = true;
        var when = CheckedOption.Text("--when", "The condition, as under 'when' of a segment.", "condition");
        when.Required = true;
        var at = CheckedOption.Instant(
            "--at", "The instant of event time: ISO 8601 (UTC unless it has a zone) or epoch milliseconds. Default: the end of the inputs.");
        command.Options.Add(customer);
        command.Options.Add(when);
        command.Options.Add(at);
        command.SetAction((parsed, cancellation) =>
        {
            var configuration = options.Load(parsed, ConfigurationUse.Replay, terminal);
            var tried = With(configuration, parsed.GetValue(when)!, terminal);
            var atMs = parsed.GetValue(at);
            var found = ReplayInspection.Find(tried, [], parsed.GetValue(customer)!, atMs, terminal, cancellation);
            var explanation = Explanation.Of(tried, parsed.GetValue(customer)!, found, atMs);
            Write(explanation, terminal.Out);
            return Task.FromResult(ExitCode.Fine);
        });
        return command;
    }

    private static void Write(Explanation explanation, TextWriter output)
    {
        var tried = explanation.View.Segments.Single(segment => segment.Segment == TriedId);
        var text = new SummaryText();
        text.Line($"{explanation.View.CustomerId} at {TimeText.Show(explanation.AtMs)}: "
            + (tried.IsMember ? $"holds since {TimeText.Show(tried.SinceMs)}" : "does not hold"));
        text.More(tried.When);
        foreach (var trait in tried.Traits)
        {
            text.More($"{trait.Trait} = {(trait.Value.Length == 0 ? "nothing" : trait.Value)}");
        }

        WriteChanges("Before", explanation.Past.Concat(explanation.Expected), text);
        WriteChanges("Next, if nothing happens", explanation.Next, text);
        output.Write(text.ToString());
    }

    private static void WriteChanges(string title, IEnumerable<TimelineEntry> timeline, SummaryText text)
    {
        var changes = timeline.OfType<MembershipChanged>().Select(entry => entry.Change).Where(change => change.Segment == TriedId).ToArray();
        text.Heading(title, changes.Length == 0 ? "no change" : "");
        foreach (var change in changes)
        {
            text.Instant(change.AtMs, change.Kind == MembershipKind.Entered ? "begins to hold" : "no longer holds", "");
        }
    }

    /// <summary>The configuration with the condition as a segment of its own behind the others.</summary>
    /// <exception cref="CommandFailure">The condition has errors, which are shown: exit 2.</exception>
    private static StreamSegmenterConfiguration With(StreamSegmenterConfiguration configuration, string when, Terminal terminal)
    {
        var definitions = configuration.Definitions with
        {
            Segments = [.. configuration.Definitions.Segments.Where(segment => segment.Id != TriedId), new SegmentDefinition(TriedId, when, "--when", 1, 1)],
        };
        var errors = new List<DefinitionError>();
        var warnings = new List<DefinitionError>();
        var program = definitions.CompileSegments(configuration.OwnEventTypes, errors, warnings);
        foreach (var (problem, prefix) in errors.Select(error => (error, "")).Concat(warnings.Where(warning => warning.File == "--when").Select(warning => (warning, "warning: "))))
        {
            terminal.Error.WriteLine($"{problem.At}: {prefix}{problem.Message}");
            terminal.Error.WriteLine($"    {when.Split('\n')[problem.Line - 1]}");
            terminal.Error.WriteLine($"    {new string(' ', problem.Column - 1)}^");
        }

        return program is null
            ? throw new CommandFailure(errors.Count == 1 ? "1 error in the condition" : $"{errors.Count} errors in the condition", ExitCode.Usage)
            : configuration with { Definitions = definitions, Segments = program };
    }
}
