using System.Text.Json;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Host.Planning;

/// <summary>A plan against the results of a replay: replays the new definitions over the same input, in memory, and holds both against each
/// other. Nothing is warming: the input is the whole history.</summary>
internal sealed class ReplayedState(StreamSegmenterConfiguration configuration, string folder, PlanCounts counts, TimeProvider clock)
{
    private const double DayMs = 86_400_000;

    /// <exception cref="CommandFailure">The folder holds no results.</exception>
    public Plan Read(CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(folder, ReplayFiles.MembershipName)) || !File.Exists(Path.Combine(folder, "summary.json")))
        {
            throw new CommandFailure(
                $"--against: '{folder}' holds no results of a replay: name the folder that 'replay --out' wrote, or 'running' for the engine on Kafka", ExitCode.Usage);
        }

        var before = Memberships(Path.Combine(folder, ReplayFiles.MembershipName));
        var rulesBefore = Emitted(Path.Combine(folder, ReplayFiles.TriggersName));
        var result = Replay(cancellation);
        var after = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var change in result.MembershipChanges)
        {
            Follow(after, change.CustomerId, change.Segment, change.Kind == MembershipKind.Entered);
        }

        foreach (var customer in before.Keys.Union(after.Keys))
        {
            counts.Add(customer, before.GetValueOrDefault(customer) ?? [], after.GetValueOrDefault(customer) ?? []);
        }

        var rulesAfter = ReplayCounts.Of(result).Rules;
        var days = Days(result);
        var rules = rulesBefore.Keys.Union(rulesAfter.Keys).Order(StringComparer.Ordinal).Select(rule => new RulePlan(
            rule, PerDay(rulesBefore.TryGetValue(rule, out var emitted) ? emitted : null, days), PerDay(rulesAfter.GetValueOrDefault(rule)?.Emitted, days), null));
        return new Plan(
            counts, [.. rules], configuration.Segments.SegmentIds.ToHashSet(), SegmentsOf(Path.Combine(folder, "summary.json")), new HashSet<string>(), null,
            configuration.Segments.Layout.AggregateBytes);
    }

    private ReplayResult Replay(CancellationToken cancellation)
    {
        var files = EngineSetup.FilesOf(configuration);
        return new ReplayRunner(
            new ReplayPlan
            {
                Definitions = configuration.Definitions,
                Segments = configuration.Segments,
                Options = EngineSetup.OptionsOf(configuration, files.Select(file => file.Name)),
                Inputs = files,
                Lanes = Math.Min(Environment.ProcessorCount, configuration.Engine.Shards),
                Shards = configuration.Engine.Shards,
            },
            clock).Run(cancellation);
    }

    private static double? PerDay(long? emitted, double? days) => emitted / days;

    /// <summary>From the first to the last result: what came before and behind it says nothing of how often.</summary>
    private static double? Days(ReplayResult result)
    {
        var firstMs = result.MembershipChanges.Select(change => change.AtMs).Concat(result.CartAbandoned.Select(trigger => trigger.CartCreatedAtMs))
            .DefaultIfEmpty(long.MaxValue).Min();
        return result.EventTimeMaxMs > firstMs ? (result.EventTimeMaxMs - firstMs) / DayMs : null;
    }

    private static Dictionary<string, HashSet<string>> Memberships(string file)
    {
        var memberships = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            using var change = JsonDocument.Parse(line);
            var root = change.RootElement;
            Follow(
                memberships, root.GetProperty("customerId").GetString()!, root.GetProperty("segment").GetString()!,
                root.GetProperty("kind").GetString() == "entered");
        }

        return memberships;
    }

    private static void Follow(Dictionary<string, HashSet<string>> memberships, string customer, string segment, bool isMember)
    {
        if (!memberships.TryGetValue(customer, out var segments))
        {
            memberships[customer] = segments = new HashSet<string>(StringComparer.Ordinal);
        }

        _ = isMember ? segments.Add(segment) : segments.Remove(segment);
    }

    private static Dictionary<string, long> Emitted(string file)
    {
        var emitted = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            using var trigger = JsonDocument.Parse(line);
            if (trigger.RootElement.GetProperty("kind").GetString() == "emitted")
            {
                var rule = trigger.RootElement.GetProperty("rule").GetString()!;
                emitted[rule] = emitted.GetValueOrDefault(rule) + 1;
            }
        }

        return emitted;
    }

    private static HashSet<string> SegmentsOf(string summary)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(summary));
        return json.RootElement.TryGetProperty("segments", out var segments) ? [.. segments.EnumerateObject().Select(segment => segment.Name)] : [];
    }
}
