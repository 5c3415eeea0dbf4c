// Counts cart-abandonment triggers by rule, with the engine in this process.
//
//   dotnet run --project samples/Embedding -- samples/shop.yaml kafka.brokers=localhost:9092
using System.Reactive.Linq;
using System.Runtime.InteropServices;
using StreamSegmenter.Runtime;
using StreamSegmenter.Triggers;

if (args is not [var file, .. var overrides])
{
    Console.Error.WriteLine("usage: Embedding CONFIGURATION [path=value …]");
    return 2;
}

// Ctrl-C and SIGTERM let the engine commit and leave its group.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    await using var engine = StreamSegmenterEngine.Load(file, new StreamSegmenterOptions { Overrides = overrides });

    // Outputs never overlap, so a plain dictionary is enough. They arrive once they are committed.
    var triggersByRule = new SortedDictionary<string, int>();
    engine.Outputs.CartAbandoned
        .Where(trigger => trigger.Kind == TriggerKind.Emitted)
        .Subscribe(
            trigger =>
            {
                triggersByRule[trigger.Rule] = triggersByRule.GetValueOrDefault(trigger.Rule) + 1;
                Console.WriteLine($"{trigger.Rule}: {trigger.CustomerId}, {trigger.Lines.Count} products");
            },
            () => Console.WriteLine(string.Join(Environment.NewLine, triggersByRule.Select(rule => $"{rule.Key} {rule.Value}"))));

    await engine.RunAsync(stop.Token);
    return 0;
}
catch (Exception e) when (e is ConfigurationException or EngineStoppedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
