using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Testing.Model;
using StreamSegmenter.Testing.Reference;

namespace StreamSegmenter.Testing.Runs;

/// <summary>Writes a scenario's facts into the inputs, as the weather has it: over inputs and partitions, out of order within
/// what the inputs are allowed, several to a record, some twice, some unreadable between them, some far too late.</summary>
internal sealed class Feed
{
    private readonly Scenario _scenario;
    private readonly Weather _weather;
    private readonly Random _random;
    private readonly Kafka _kafka;

    private Feed(Scenario scenario, Weather weather, Kafka kafka)
    {
        _scenario = scenario;
        _weather = weather;
        _random = new Dice(weather.Seed)[Concern.Feed];
        _kafka = kafka;
    }

    /// <summary>Lateness must not change what is right: only where nothing late is applied on arrival can it be left out of the
    /// reckoning.</summary>
    public static bool MayStraggle(Scenario scenario, Weather weather) => weather is { ExactlyOnce: true, Live: false } && scenario.Definitions.GraceMs == 0;

    public static Kafka Write(Scenario scenario, Weather weather, bool fences = true)
    {
        var kafka = new Kafka(weather.Inputs, weather.Partitions, weather.Incremental, offsetsGoBack: !weather.ExactlyOnce, fences);
        new Feed(scenario, weather, kafka).Write();
        return kafka;
    }

    private void Write()
    {
        var sent = _scenario.Facts.Select(fact => (Fact: fact, AtMs: SentAtMs(fact))).OrderBy(fact => fact.AtMs);
        foreach (var topic in sent.GroupBy(fact => new InputPartition(
            _random.Next(_weather.Inputs), fact.Fact.Customer[^1] % _weather.Partitions)).OrderBy(topic => (topic.Key.Input, topic.Key.Partition)))
        {
            var log = _kafka.Input(topic.Key);
            var record = new List<Fact>();
            var atMs = long.MinValue;
            foreach (var (fact, factAtMs) in topic)
            {
                // Nobody waits for a fact that could be late then, and one that is late comes alone.
                var latestMs = record.Append(fact).Min(other => other.TimeMs) + _scenario.OutOfOrdernessMs;
                if (record.Count > 0 && (_random.Next(4) > 0 || factAtMs > latestMs))
                {
                    Append(log, record, atMs);
                    record = [];
                }

                record.Add(fact);
                atMs = factAtMs;
            }

            Append(log, record, atMs);
        }
    }

    private long SentAtMs(Fact fact)
    {
        var delayMs = _random.NextInt64(_scenario.OutOfOrdernessMs + 1);
        var straggles = _random.NextDouble() < _weather.StragglerShare;
        var farMs = _random.NextInt64(5000);
        return fact.TimeMs + (straggles && MayStraggle(_scenario, _weather) ? _scenario.OutOfOrdernessMs + farMs : _weather.Disorder ? delayMs : 0);
    }

    private void Append(PartitionLog<InputRecord> log, List<Fact> facts, long atMs)
    {
        log.Append(new InputRecord(facts) { ArrivesMs = atMs });
        if (_random.NextDouble() < _weather.RepeatShare && facts is [{ EventId.Length: > 0 }])
        {
            log.Append(new InputRecord(facts) { ArrivesMs = atMs });
        }

        if (_random.NextDouble() < _weather.GapShare)
        {
            log.Skip(_random.Next(1, 4));
        }

        if (_random.Next(12) == 0)
        {
            log.Append(new InputRecord([], IsRefused: true) { ArrivesMs = atMs });
        }
    }
}
