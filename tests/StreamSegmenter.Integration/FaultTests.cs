using System.Text;
using Confluent.Kafka;
using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>Faults around the real process.</summary>
public sealed class FaultTests
{
    private const long MiB = 1 << 20;
    private const short ProduceRequest = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_broker_that_goes_away_is_told_of_costs_no_memory_and_when_it_is_back_all_goes_on()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop();
        using var engine = shop.StartEngine("--set", "kafka.commitTimeout=2s");
        Wait.Until(() => engine.Readiness() == "ready" && shop.LagBelow(2_000), Patience, engine);
        var before = engine.MemoryBytes;

        shop.Broker.GoDown();

        // "answers", or where it is not its connections that tell but a restore that waits, "has answered for 16 s".
        Wait.Until(() => engine.Readiness().Contains("no broker ", StringComparison.Ordinal), Patience, engine);
        var most = MostMemoryWhile(engine, TimeSpan.FromSeconds(12), () => Assert.NotEqual("ready", engine.Readiness()));

        shop.Broker.GoUp();
        Wait.Until(() => engine.Readiness() == "ready", Patience, engine);

        Assert.True(most - before < 96 * MiB, $"grew from {before / MiB} to {most / MiB} MiB");
        Assert.Equal("", shop.CompareWithReplay(engine, Patience));
        Assert.False(engine.HasExited);
    }

    [Fact]
    public void A_downstream_that_is_stuck_stops_reading_costs_no_memory_and_loses_nothing()
    {
        TestBroker.RequireEmbedded();
        using var shop = new RunningShop(plan => plan with { EventsPerSecond = 4_000 });
        Wait.Until(() => shop.Input.Sent >= 16_000, Patience, () => $"{shop.Input.Sent} records were sent");
        shop.Input.Pause();
        using var engine = shop.StartEngine();
        Wait.Until(() => shop.LagBelow(15_000), Patience, engine);
        for (var i = 0; i < 16; i++)
        {
            shop.Broker.Delay(ProduceRequest, TimeSpan.FromSeconds(1));
        }

        var (lag, before) = (shop.Reader.Lag(shop.Topics.Group, shop.Topics.Input), engine.MemoryBytes);
        var most = MostMemoryWhile(engine, TimeSpan.FromSeconds(10), () => { });

        Assert.True(lag > 0, "it was not stuck: there was nothing left to do");
        Assert.True(most - before < 96 * MiB, $"grew from {before / MiB} to {most / MiB} MiB");
        Assert.Equal("", shop.CompareWithReplay(engine, Patience));
    }

    [Fact]
    public void A_dead_letter_that_cannot_be_written_stops_the_process_and_the_record_is_not_lost()
    {
        using var shop = new RunningShop();
        var unreadable = "unreadable " + new string('x', 200_000);
        Produce(shop, unreadable);
        using (var engine = shop.StartEngine("--set", "kafka.recordMax=100KiB"))
        {
            Assert.True(engine.WaitForExit(Patience), $"it goes on: {engine.Said}");
            Assert.Equal(1, engine.ExitCode);
            Assert.Contains($"topic '{shop.Topics.DeadLetters}' refuses a record for ever", engine.Said, StringComparison.Ordinal);
            Assert.Contains("raise kafka.recordMax", engine.Said, StringComparison.Ordinal);
        }

        using var successor = shop.StartEngine();
        Wait.Until(
            () => shop.Reader.ReadAll(shop.Topics.DeadLetters).Exists(letter => letter.Text.Contains(unreadable, StringComparison.Ordinal)),
            Patience, successor);
    }

    /// <summary>A trouble that lasts for so long: what it costs shows only with time.</summary>
    private static long MostMemoryWhile(EngineProcess engine, TimeSpan time, Action look)
    {
        var most = 0L;
        _ = Waiting.Until(
            () =>
            {
                look();
                most = Math.Max(most, engine.MemoryBytes);
                return false;
            },
            time, pauseMs: 500);
        return most;
    }

    private static void Produce(RunningShop shop, string value)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = shop.BootstrapServers }).Build();
        producer.Produce(shop.Topics.Input, new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(value) });
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(20)));
    }
}
