using System.Text;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Conversions;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Runtime;

/// <summary>The rules alone: abandoned carts and segments of a configuration over events that you hand in, one after the other, with no
/// Kafka, no files and no clock. For unit tests of your rules, and for trying them out:
/// <code>
/// var rules = StorefrontRules.Load("shop.yaml");
/// rules.Apply("""{"event_type":"product_added","event_time":"2026-01-01T12:00:00Z","customer_id":"ann","product_id":"p1"}""");
/// var results = rules.AdvanceTo(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero));
/// </code>
/// Customers are kept in memory, <see cref="CustomersMax"/> at most. The same events give the same results as the engine does.
/// Not safe for use from several threads at once.</summary>
public sealed class StorefrontRules
{
    /// <summary>An event of one customer more is refused.</summary>
    public const int CustomersMax = 1_000_000;

    private readonly CustomerFold _fold;
    private readonly JsonEventDecoder _decoder;
    private readonly FoldOutput _output = new(new NoPanes());
    private readonly EventBatch _batch = new();
    private readonly Dictionary<string, CustomerRecord> _customers = new(StringComparer.Ordinal);
    private long _offset;

    private StorefrontRules(StreamSegmenterConfiguration configuration)
    {
        _fold = new CustomerFold(configuration.Definitions, configuration.Segments);
        _decoder = new JsonEventDecoder(CompiledMapping.Of(configuration.Inputs[0].Mapping));
    }

    /// <summary>Reads and checks a configuration file. Its first input defines how events are mapped.</summary>
    /// <exception cref="ConfigurationException">The file has errors.</exception>
    public static StorefrontRules Load(string path, StreamSegmenterOptions? options = null) =>
        new(ConfigurationException.LoadOrThrow(path, ConfigurationUse.Check, options ?? new StreamSegmenterOptions()));

    /// <summary>Applies an event, or several where the mapping unfolds a record. What is due for its customer by then happens first. Hand events
    /// in by their time: an earlier one counts as late.</summary>
    /// <param name="json">One JSON object, as a record of the first input has it.</param>
    /// <returns>What the event and the time until then brought about for its customer.</returns>
    /// <exception cref="FormatException">The event cannot be read; the message has the reason.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="CustomersMax"/> customers already.</exception>
    public RuleResults Apply(string json)
    {
        _batch.Clear();
        var outcome = _decoder.Decode(
            new SourceRecord { Input = 0, Partition = 0, Offset = _offset++, TimestampMs = -1, Value = Encoding.UTF8.GetBytes(json) }, _batch);
        if (outcome.Status != DecodeStatus.Decoded)
        {
            throw new FormatException(outcome.Reason);
        }

        foreach (ref readonly var e in _batch.Events)
        {
            var key = _batch.Text(in e, e.CustomerKey);
            _fold.Apply(CustomerOf(Encoding.UTF8.GetString(key)), key, in e, _batch, _output);
        }

        return TakeResults();
    }

    /// <summary>Lets time pass for every customer: what is due at or before that instant happens, each at its own.</summary>
    public RuleResults AdvanceTo(DateTimeOffset time)
    {
        var untilMs = time.ToUnixTimeMilliseconds();
        foreach (var (customer, record) in _customers.OrderBy(known => known.Key, StringComparer.Ordinal))
        {
            _fold.RunUntil(record, Encoding.UTF8.GetBytes(customer), untilMs, _output);
        }

        return TakeResults();
    }

    private CustomerRecord CustomerOf(string customer)
    {
        if (!_customers.TryGetValue(customer, out var record))
        {
            if (_customers.Count == CustomersMax)
            {
                throw new InvalidOperationException($"There are {CustomersMax} customers; load the rules again to begin with none.");
            }

            record = new CustomerRecord();
            record.Initialize(_fold.Layout);
            _customers.Add(customer, record);
        }

        return record;
    }

    private RuleResults TakeResults()
    {
        var results = new RuleResults
        {
            Triggers = [.. _output.Carts.Triggers],
            Suppressed = [.. _output.Carts.Suppressed],
            MembershipChanges = [.. _output.MembershipChanges],
            Problems = [.. _output.Carts.Problems.Select(problem => problem.Reason)],
        };
        _output.Clear();
        return results;
    }

    /// <summary>Windows of conversion numbers are the engine's: nothing is counted here.</summary>
    private sealed class NoPanes : IConversionPanes
    {
        private PaneCounts _counts;

        public bool IsOpen(PaneKey key, long eventTimeMs) => false;

        public ref PaneCounts Open(PaneKey key, ReadOnlySpan<byte> value) => ref _counts;
    }
}
