using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Tests.Replay;

/// <summary>Facts on their way: each delayed by a random time below the bound, so that they arrive out of order, some of them
/// twice. What one customer did at one instant keeps its order, and a repetition comes after the original: their order
/// is all that says what happened first.</summary>
internal sealed class Delivery
{
    private readonly List<(Fact Fact, long ArrivesMs)> _arrivals;

    public Delivery(IReadOnlyList<Fact> facts, long boundMs, int seed, double twiceShare = 0)
    {
        var random = new Random(seed);
        var together = facts.GroupBy(fact => (fact.Customer, fact.TimeMs)).SelectMany(instant =>
        {
            var delayMs = random.NextInt64(boundMs);
            return instant.Select(fact => (fact, delayMs));
        });
        _arrivals = [.. together
            .SelectMany(sent => random.NextDouble() < twiceShare
                ? [sent, (sent.fact, sent.delayMs + random.NextInt64(boundMs - sent.delayMs))]
                : new[] { sent })
            .Select(sent => (sent.fact, sent.fact.TimeMs + sent.delayMs))
            .OrderBy(sent => sent.Item2)];
    }

    /// <summary>How many arrive behind one with a later time.</summary>
    public int OutOfOrder => _arrivals.Zip(_arrivals.Skip(1)).Count(pair => pair.Second.Fact.TimeMs < pair.First.Fact.TimeMs);

    /// <summary>One file in order of arrival, or two: the clicks; the carts and orders.</summary>
    public List<FileInput> WriteFiles(string folder, int inputs)
    {
        var files = Enumerable.Range(0, inputs)
            .Select(input => new FileInput { Path = Path.Combine(folder, $"input-{input}.jsonl"), Name = $"input-{input}" }).ToList();
        var writers = files.ConvertAll(file => new StreamWriter(file.Path));
        foreach (var (fact, _) in _arrivals)
        {
            writers[InputOf(fact, inputs)].WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"event_id":"{{fact.EventId}}","event_type":"{{EventTypes.NameOf(fact.Type)}}","event_time":{{fact.TimeMs}},"customer_id":"{{fact.Customer}}","product_id":"{{fact.Product}}"}"""));
        }

        writers.ForEach(writer => writer.Dispose());
        return files;
    }

    /// <summary>A log with a record a fact, keyed by customer.</summary>
    public Kafka ToLog(int inputs, int partitions)
    {
        var log = new Kafka(inputs, partitions);
        foreach (var (fact, arrivesMs) in _arrivals)
        {
            var partition = (int)(KeyHash.Of(Encoding.UTF8.GetBytes(fact.Customer)) % (ulong)partitions);
            log.Input(new InputPartition(InputOf(fact, inputs), partition)).Append(new InputRecord([fact]) { ArrivesMs = arrivesMs });
        }

        return log;
    }

    private static int InputOf(Fact fact, int inputs) =>
        inputs == 1 || fact.Type != EventTypes.ProductAdded && fact.Type != EventTypes.OrderCompleted ? 0 : 1;
}
