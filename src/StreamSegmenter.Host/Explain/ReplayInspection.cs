using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Definitions;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Explain;

/// <summary>Replays one customer out of the inputs' files.</summary>
internal static class ReplayInspection
{
    /// <exception cref="CommandFailure">The files have no event of the customer up to that instant.</exception>
    public static FoundCustomer Find(
        StreamSegmenterConfiguration configuration, IReadOnlyList<DefinitionVersion> later, string customerId, long? atMs, Terminal terminal, CancellationToken cancellation)
    {
        var files = EngineSetup.FilesOf(configuration);
        var plan = new ReplayPlan
        {
            Definitions = configuration.Definitions,
            Segments = configuration.Segments,
            Later = later,
            Options = EngineSetup.OptionsOf(configuration, files.Select(file => file.Name)),
            Inputs = files,
            Shards = 1,
            Customer = customerId,
            UntilMs = atMs,
        };
        var result = new ReplayRunner(plan, terminal.Time).Run(cancellation);
        if (result.Customer is not { } record)
        {
            var until = atMs is { } timeMs ? $" up to {TimeText.Show(timeMs)}" : "";
            throw new CommandFailure(
                $"the inputs have no event of a customer '{customerId}'{until}.{NearestName.Hint(customerId, result.OtherCustomers)}");
        }

        var applied = later.Where(version => version.EffectiveMs <= (atMs ?? result.EventTimeMaxMs)).ToList();
        return new FoundCustomer(record, atMs ?? result.EventTimeMaxMs, TimelineEntry.InOrder(
        [
            .. result.MembershipChanges.Select(change => new MembershipChanged(change)),
            .. result.CartAbandoned.Select(trigger => new TriggerRecorded(trigger)),
            .. result.Suppressed.Select(suppressed => new TriggerSuppressed(suppressed)),
        ]))
        {
            Version = applied.LastOrDefault(),
            Applied = AppliedVersion.After(DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments), applied),
            Unread = [.. result.DeadLetters.Where(letter => letter.CustomerId == customerId).Select(letter => $"{letter.Source}:{letter.Offset}: {letter.Reason}")],
        };
    }
}
