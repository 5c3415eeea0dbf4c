using System.CommandLine;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Planning;

/// <summary><c>publish</c>: writes the segments and rules of a configuration as a new version, which all instances take over at one
/// instant.</summary>
internal static class PublishCommand
{
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
        if (DefinitionPublisher.WhyNot(configuration) is { } whyNot)
        {
            throw new CommandFailure(whyNot, ExitCode.Usage);
        }

        if (configuration.DefinitionReference is { } reference)
        {
            throw new CommandFailure(
                $"{reference.Place}: '{reference.Written}' takes a value from here, and instances elsewhere may have another: write the value itself",
                ExitCode.Usage);
        }

        var result = await DefinitionPublisher.PublishAsync(configuration, effectiveMs, basedOn: null, terminal.Time, cancellation);
        var (version, last) = (result.Version, result.Before);
        if (result.Status == PublishStatus.IsTooEarly)
        {
            throw new CommandFailure(
                $"version {last!.Id} takes over at {TimeText.Show(last.EffectiveMs)}; this one must do so later, not at {TimeText.Show(version.EffectiveMs)}: "
                + "say so with --effective");
        }

        terminal.Out.WriteLine(result.Status == PublishStatus.SaysTheSame
            ? $"nothing to publish: version {last!.Id}, published {TimeText.Show(last.PublishedMs)}, says the same"
            : $"published version {version.Id} to '{configuration.Outputs.Topics.Definitions}': {Count(configuration.Segments.SegmentIds.Count, "segment")} and "
            + $"{Count(configuration.Definitions.CartAbandonment.Count, "rule")}, in force from {TimeText.Show(version.EffectiveMs)}");
        return ExitCode.Fine;
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
