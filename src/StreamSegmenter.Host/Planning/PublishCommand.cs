using System.CommandLine;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;
using StreamSegmenter.Host.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Versions;

namespace StreamSegmenter.Host.Planning;

/// <summary><c>publish</c>: writes the segments and rules of a configuration as a new version, which all instances take over at one
/// instant.</summary>
internal static class PublishCommand
{
    /// <summary>Longer than instances take to read it and shards lag behind the clock, shorter than anybody wants to wait.</summary>
    private const long LeadMs = 10_000;

    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "publish",
            "Publish the segments and cart-abandonment rules of a configuration to running instances: they take over at one instant of event "
            + "time, without a restart. Needs outputs.topics.definitions.",
            """
            streamsegmenter publish --config samples/shop.yaml --set outputs.topics.definitions=definitions
            streamsegmenter publish --config shop.yaml --effective 2026-11-27T00:00:00Z
            """);
        var options = new ConfigurationOptions();
        options.AddTo(command);
        var effective = CheckedOption.Instant(
            "--effective", "The first instant of event time that the version decides: ISO 8601 (UTC unless it carries a zone) or epoch milliseconds. "
            + "Default: 10 seconds from now.");
        command.Options.Add(effective);
        command.SetAction((parsed, cancellation) => RunAsync(
            options.Load(parsed, ConfigurationUse.Run, terminal), parsed.GetValue(effective), terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        StreamSegmenterConfiguration configuration, long? effectiveMs, Terminal terminal, CancellationToken cancellation)
    {
        if (configuration.Outputs.Topics.Definitions is not { } topic)
        {
            throw new CommandFailure(
                "the configuration names no topic for definitions: set outputs.topics.definitions, here and for all instances, and restart them once",
                ExitCode.Usage);
        }

        if (configuration.DefinitionReference is { } reference)
        {
            throw new CommandFailure(
                $"{reference.Place}: '{reference.Written}' takes a value from here, and instances elsewhere may have another: write the value itself",
                ExitCode.Usage);
        }

        var kafka = CheckedKafka.ToWrite(configuration, out _);
        var nowMs = terminal.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var version = PublishedVersion.Create(configuration.DefinitionsJson, effectiveMs ?? (nowMs + LeadMs), nowMs);
        if (PublishedVersions.Last(new TopicScan(kafka), topic, cancellation) is { } last)
        {
            if (SayTheSame(configuration, last))
            {
                terminal.Out.WriteLine($"nothing to publish: version {last.Id}, published {TimeText.Show(last.PublishedMs)}, says the same");
                return ExitCode.Fine;
            }

            if (version.EffectiveMs <= last.EffectiveMs)
            {
                throw new CommandFailure(
                    $"version {last.Id} takes over at {TimeText.Show(last.EffectiveMs)}; this one must do so later, not at {TimeText.Show(version.EffectiveMs)}: "
                    + "say so with --effective");
            }
        }

        await DefinitionWriter.WriteAsync(kafka, topic, version.Id, version.Encode(), cancellation);
        terminal.Out.WriteLine(
            $"published version {version.Id} to '{topic}': {Count(configuration.Segments.SegmentIds.Count, "segment")} and "
            + $"{Count(configuration.Definitions.CartAbandonment.Count, "rule")}, in force from {TimeText.Show(version.EffectiveMs)}");
        return ExitCode.Fine;
    }

    private static bool SayTheSame(StreamSegmenterConfiguration configuration, PublishedVersion last) =>
        new VersionCompiler(configuration).Compile(last, out _) is { } compiled
        && compiled.SaysTheSameAs(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments));

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
