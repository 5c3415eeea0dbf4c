using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Connectors.Replay;
using StreamSegmenter.Folding;
using StreamSegmenter.Testing.Checks;
using StreamSegmenter.Testing.Reference;
using StreamSegmenter.Testing.Runs;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Tests.Replay;

/// <summary>The real clickstreams once more, out of order and split over partitions and inputs: every figure and every
/// trigger id is that of the sorted file.</summary>
public sealed class DisorderedClickstreamTests : IDisposable
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;

    private static readonly StorefrontDefinitions Definitions = Replays.Definitions(Replays.Rule(1800)) with
    {
        CartAbandonment =
        [
            Replays.Rule(1800) with { Id = "after-1800" },
            Replays.Rule(3600) with { Id = "after-3600" },
            Replays.Rule(1800, rearmOnAny: true) with { Id = "any-rearms" },
        ],
    };

    private static readonly Lazy<Stream> Taobao = new(() => new Stream(
        RealClickstreams.Taobao, [2656, 2487, 2546], Pending: 9 + 19 + 11, Customers: 815, Sessions: 14_122, WithCart: 2_716, WithOrder: 1_345));

    private static readonly Lazy<Stream> Otto = new(() => new Stream(
        RealClickstreams.Otto, [19, 17, 17], Pending: 0, Customers: 20, Sessions: 144, WithCart: 21, WithOrder: 5));

    private readonly string _folder = Directory.CreateTempSubdirectory("streamsegmenter-disorder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 1, 0, 8)]
    [InlineData(2, 1, 2 * Second, 1)]
    [InlineData(3, 1, 2 * Minute, 3)]
    [InlineData(5, 2, 0, 3)]
    [InlineData(7, 2, 2 * Minute, 1)]
    [InlineData(8, 2, 10 * Minute, 8)]
    public void Files_that_are_shuffled_within_the_bound_and_split_fire_the_same_triggers(int seed, int inputs, long boundMs, int shards)
    {
        foreach (var stream in (Stream[])[Taobao.Value, Otto.Value])
        {
            var delivery = new Delivery(stream.Facts, Math.Max(boundMs, 1), seed);
            Assert.Equal(boundMs > 0, delivery.OutOfOrder > 0);

            var result = Replays.Run(
                Definitions, delivery.WriteFiles(_folder, inputs), lanes: Math.Min(2, shards), outOfOrdernessMs: boundMs, shards: shards);

            stream.Check(result.CartAbandoned, result.Totals);
            Assert.Equal(stream.Facts.Count, result.Events);
            Assert.Empty(result.LateEvents);
        }
    }

    [Fact]
    public void Events_that_are_delivered_twice_count_once()
    {
        foreach (var stream in (Stream[])[Taobao.Value, Otto.Value])
        {
            var delivery = new Delivery(stream.Facts, 2 * Minute, seed: 9, twiceShare: 0.05);

            var result = Replays.Run(Definitions, delivery.WriteFiles(_folder, 2), outOfOrdernessMs: 2 * Minute);

            stream.Check(result.CartAbandoned, result.Totals);
            Assert.InRange(result.Events, stream.Facts.Count * 103L / 100, stream.Facts.Count * 107L / 100);
        }
    }

    [Theory]
    [InlineData(12, 2, 3, 2 * Minute, 0)]
    [InlineData(13, 2, 8, 10 * Minute, 0)]
    [InlineData(15, 2, 1, 2 * Minute, 0.05)]
    public void A_log_that_is_polled_in_random_portions_fires_the_same_triggers(
        int seed, int inputs, int partitions, long boundMs, double twiceShare) =>
        CheckLog(seed, inputs, partitions, boundMs, twiceShare, new Weather(seed) { PollRecordsMax = 500 });

    [Theory]
    [InlineData(21, 2, 1, 2 * Second, 0)]
    [InlineData(23, 2, 3, 2 * Minute, 0.05)]
    [InlineData(24, 2, 8, 10 * Minute, 0.05)]
    public void A_log_that_is_written_while_it_is_read_and_falls_silent_again_and_again_fires_the_same_triggers(
        int seed, int inputs, int partitions, long boundMs, double twiceShare) => CheckLog(
        seed, inputs, partitions, boundMs, twiceShare, new Weather(seed) { PollRecordsMax = 200, Live = true, StepMsMax = (int)(20 * Minute) });

    private static void CheckLog(int seed, int inputs, int partitions, long boundMs, double twiceShare, Weather weather)
    {
        foreach (var stream in (Stream[])[Taobao.Value, Otto.Value])
        {
            var log = new Delivery(stream.Facts, Math.Max(boundMs, 1), seed, twiceShare).ToLog(inputs, partitions);

            using var world = new World(new Scenario(Definitions, boundMs, stream.Facts), log, weather);
            world.Run();

            stream.Check([.. log.Outputs.ReadCommitted().Select(output => output.Value).OfType<CartAbandoned>()], world.Machines.Totals);
            Assert.Empty(new Committed(log).Late);
        }
    }

    /// <summary>A clickstream with its published figures, and the triggers of its sorted file.</summary>
    private sealed record Stream(
        FileInput Input, int[] Fired, long Pending, long Customers, long Sessions, long WithCart, long WithOrder)
    {
        public List<Fact> Facts { get; } = RealClickstreams.FactsOf(Input);

        private ReplayResult Sorted { get; } = Replays.Run(Definitions, [Input]);

        public void Check(IReadOnlyList<CartAbandoned> triggers, FoldTotals totals)
        {
            Assert.Equal(Fired, Definitions.CartAbandonment.Select(rule => triggers.Count(trigger => trigger.Rule == rule.Id)));
            Assert.Equal(Ids(Sorted.CartAbandoned), Ids(triggers));
            Assert.Equal(
                (Pending, Customers, Sessions, WithCart, WithOrder, Sorted.Totals.SessionsWithCartAndOrder),
                (totals.TriggersPending, totals.Customers, totals.Sessions, totals.SessionsWithCart, totals.SessionsWithOrder,
                    totals.SessionsWithCartAndOrder));
        }

        private static IEnumerable<string> Ids(IEnumerable<CartAbandoned> triggers) =>
            triggers.Select(trigger => trigger.TriggerId).Order(StringComparer.Ordinal);
    }
}
