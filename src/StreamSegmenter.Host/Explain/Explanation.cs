using System.Text;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Host.Explain;

/// <summary>The explanation of one customer at an instant.</summary>
/// <param name="AtMs">The instant.</param>
/// <param name="View">The state at it.</param>
/// <param name="Past">The engine's output up to it.</param>
/// <param name="Expected">The output still to come up to it without further events; only for an instant that the engine has not reached.</param>
/// <param name="Next">What happens behind it if nothing happens.</param>
internal sealed record Explanation(
    long AtMs, CustomerView View, IReadOnlyList<TimelineEntry> Past, IReadOnlyList<TimelineEntry> Expected, IReadOnlyList<TimelineEntry> Next)
{
    /// <summary>What of the customer's records could not be read.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>For each segment with aggregates that came with a change of definitions, when they have seen their windows.</summary>
    public IReadOnlyDictionary<string, long> WarmUntilMs { get; init; } = new Dictionary<string, long>();

    /// <param name="atMs">Null: the instant of the state.</param>
    /// <exception cref="CommandFailure">The state is already behind that instant.</exception>
    public static Explanation Of(StreamSegmenterConfiguration configuration, string customerId, FoundCustomer found, long? atMs)
    {
        var version = found.Version ?? DefinitionVersion.OfFile(configuration.Definitions, configuration.Segments);
        return Of(new CustomerFold(version.Definitions, version.Segments), customerId, found, atMs) with
        {
            WarmUntilMs = found.Applied is { } applied ? Warming.UntilMs(applied, version.Segments) : new Dictionary<string, long>(),
        };
    }

    /// <param name="fold">Under the definitions that decide about the customer.</param>
    /// <param name="atMs">Null: the instant of the state.</param>
    /// <exception cref="CommandFailure">The state is already behind that instant.</exception>
    public static Explanation Of(CustomerFold fold, string customerId, FoundCustomer found, long? atMs)
    {
        var forecast = new CustomerForecast(fold);
        var key = Encoding.UTF8.GetBytes(customerId);
        var record = new CustomerRecord();
        record.Load(found.Record, found.LayoutsUnder(fold.Layout));
        var instantMs = atMs ?? Math.Max(found.KnownUntilMs ?? long.MinValue, record.Header.ClockMs);
        if (instantMs < record.Header.ClockMs)
        {
            throw new CommandFailure(
                $"--at {TimeText.Show(instantMs)}: the engine's state of '{customerId}' is of {TimeText.Show(record.Header.ClockMs)} already. "
                + "Name no earlier instant, or look back over an export: give every input a file (--set inputs[0].file=events.jsonl).");
        }

        // Only where the state's own knowledge ends earlier is there something left to happen up to the instant.
        var expected = forecast.Run(record, key, instantMs);
        var view = fold.Describe(record, key);
        return new Explanation(
            instantMs, view, [.. found.Past.Where(happening => happening.AtMs <= instantMs)], expected,
            forecast.Run(record, key, CustomerForecast.ForeverMs))
        {
            Unread = found.Unread,
        };
    }
}
